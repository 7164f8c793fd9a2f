using System.Text;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Users;

/// <summary>A user's journal fails, or its account goes, while its sessions are here.</summary>
public sealed class UserOutageTests : IAsyncLifetime
{
    private readonly FakeAuthenticator _authenticator = new();
    private readonly Support.Conference _conference;

    public UserOutageTests()
    {
        _authenticator.Tokens = _ => new SignInResult.Proved(Name.Parse("joe"), SessionGrants.Everything);
        _conference = new Support.Conference(authenticator: _authenticator);
    }

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Whose_status_could_not_be_stored_is_still_here_once_the_journal_is_back()
    {
        var joe = SignIn("AUTH BEARER token");
        Assert.Equal("202 away", joe.Ask("STAT joe@example.org away"));
        Break();
        Assert.Equal("503 try again", joe.Ask("STAT joe@example.org busy"));
        Assert.Equal("503 try again", joe.Ask("STAT joe@example.org busy"));
        Outlast();

        var other = _conference.Connect();
        Assert.Equal("202 away", other.Ask("STAT joe@example.org"));
        Assert.Equal("504 name in use", other.Ask("AUTH ANONYMOUS joe"));
        Assert.Equal("202 busy", joe.Ask("STAT joe@example.org busy"));
        Assert.Equal("202 busy", other.Ask("STAT joe@example.org"));
        other.Ask("HELO joe@example.org");
        other.Say("SEND chat hello");
        Assert.Equal("203 chat hello", joe.Read());
        joe.HangUp();
        other.HangUp();
        Assert.Empty(_conference.LiveActors);
    }

    [Fact]
    public void An_account_removed_after_its_journal_was_away_takes_its_sessions_along()
    {
        SetPassword();
        var joe = SignIn(Plain);
        joe.Ask("CONN video standup@example.org");
        Break();
        Assert.Equal("503 try again", joe.Ask("STAT joe@example.org busy"));
        Outlast();
        Remove();

        Assert.Equal("421 account removed", joe.Read());
        _conference.Until(() => _conference.LiveActors.Count == 0, "nobody is left");
        Assert.Equal(CallEnd.PutOut, Assert.Single(_conference.Calls).End);
        Assert.Empty(_conference.Plane.Open);
    }

    [Fact]
    public void An_account_removed_while_its_sessions_are_forgotten_does_not_take_them_back()
    {
        SetPassword();
        var joe = SignIn(Plain);
        var away = new TaskCompletionSource();
        _conference.Journal.FailWrite = _ => new IOException("away");
        _conference.Journal.HoldReplay = _ => away.Task;
        var probe = _conference.CreateTestProbe();
        joe.Say("STAT joe@example.org busy");
        Assert.Equal("503 try again", joe.Read());
        _conference.AwaitIdle();
        _conference.Users.Tell(new UserCommands.RemoveAccount(Name.Parse("joe"), CommandId.New()), probe.Ref);
        _conference.AwaitIdle();
        (_conference.Journal.FailWrite, _conference.Journal.HoldReplay) = (null, null);
        away.SetResult();
        Assert.Equal(AccountChange.Removed, probe.ExpectMsg<AccountAnswer>().Change);

        Assert.StartsWith("421 ", joe.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_removed_while_its_password_is_checked_lets_nobody_in()
    {
        SetPassword();
        var check = new TaskCompletionSource();
        _authenticator.Check = check.Task;
        var joe = _conference.Connect();
        joe.Say(Plain);
        _conference.Until(() => _authenticator.Read.Count == 1, "the password is being checked");
        Remove();
        check.SetResult();

        Assert.Equal("504 wrong name or password", joe.Read());
    }

    [Fact]
    public void A_guest_who_came_while_the_journal_was_away_can_be_called_afterwards()
    {
        var guest = _conference.Connect();
        guest.Ask("SETP session events on");
        Break();
        Assert.Equal("503 try again", guest.Ask("CONN video lobby@example.org"));
        Outlast("guest-1");
        guest.Ask("CONN video lobby@example.org");
        var alice = _conference.Connect();
        string name = alice.Ask("LIST lobby@example.org").Split(' ')[1];
        alice.Read();
        Assert.Equal($"202 online", alice.Ask($"STAT {name}@example.org"));
    }

    [Fact]
    public void A_call_ends_and_is_recorded_when_its_token_does()
    {
        _authenticator.Tokens = _ => new SignInResult.Proved(
            Name.Parse("joe"), new SessionGrants(null, true, _conference.Time.GetUtcNow().AddMinutes(10)));
        var joe = SignIn("AUTH BEARER token");
        joe.Ask("CONN video standup@example.org");
        _conference.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("421 token expired", joe.Read());
        Assert.Empty(_conference.LiveActors);
        Assert.Equal(TimeSpan.FromMinutes(10), Assert.Single(_conference.Calls) is var call ? call.Ended - call.Started : null);
    }

    private static string Plain => $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes("\0joe\0secret"))}";

    private Support.Client SignIn(string auth)
    {
        var client = _conference.Connect();
        Assert.Equal("204 joe", client.Ask(auth));
        return client;
    }

    private void SetPassword() => Assert.Equal(
        AccountChange.Created,
        _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.SetPassword(Name.Parse("joe"), "hash", CommandId.New())).Change);

    private void Remove() => Assert.Equal(
        AccountChange.Removed,
        _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.RemoveAccount(Name.Parse("joe"), CommandId.New())).Change);

    private void Break() => _conference.Journal.Failure = new IOException("away");

    /// <summary>The journal comes back after half a minute, and who is waiting for it finds out.</summary>
    private void Outlast(string user = "joe")
    {
        _conference.Advance(TimeSpan.FromSeconds(30));
        _conference.Journal.Failure = null;
        // What a session asks for comes back by way of a task, which the test's clock does not wait for; and while nobody knows whether somebody
        // is here, the answer waits for that clock.
        var probe = _conference.CreateTestProbe();
        bool isOnline = false;
        for (int i = 0; i < 1000 && !isOnline; i++)
        {
            _conference.Users.Tell(new UserQueries.Find(Name.Parse(user)), probe.Ref);
            _conference.Advance(TimeSpan.FromSeconds(1));
            while (probe.HasMessages)
                isOnline |= probe.ReceiveOne() is UserPresence { IsOnline: true };
        }

        Assert.True(isOnline);
    }
}
