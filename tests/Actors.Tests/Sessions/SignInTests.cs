using System.Text;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Sessions;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly FakeAuthenticator _authenticator = new();
    private readonly Support.Conference _conference;

    public SignInTests() => _conference = new Support.Conference(authenticator: _authenticator);

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_right_password_makes_a_user_who_can_be_found()
    {
        var joe = _conference.Connect("192.0.2.7");
        Assert.Equal("204 joe", joe.Ask(Plain("joe", "secret")));
        Assert.Equal("192.0.2.7", _authenticator.LastClient!.ToString());
        Assert.Equal([null], _authenticator.Read);
        Assert.Equal("202 online", _conference.Connect().Ask("STAT joe@example.org"));
    }

    [Fact]
    public void A_wrong_one_leaves_a_guest_who_may_try_again()
    {
        var joe = _conference.Connect();
        Assert.Equal("504 wrong name or password", joe.Ask(Plain("joe", "wrong")));
        Assert.Equal("402 status not available", joe.Ask("STAT joe@example.org"));
        Assert.Equal("204 joe", joe.Ask(Plain("joe", "secret")));
    }

    [Fact]
    public void Who_proves_it_has_several_sessions_and_puts_out_who_only_said_so()
    {
        var impostor = _conference.SignIn("joe");
        var first = _conference.Connect();
        var second = _conference.Connect();
        Assert.Equal("204 joe", first.Ask(Plain("joe", "secret")));
        Assert.Equal("421 name taken", impostor.Read());
        Assert.Equal("204 joe", second.Ask(Plain("joe", "secret")));
        Assert.Equal("504 name in use", _conference.Connect().Ask("AUTH ANONYMOUS joe"));

        Assert.Equal("202 away", first.Ask("STAT joe@example.org away"));
        Assert.Equal("202 away", second.Ask("STAT joe@example.org"));
    }

    [Fact]
    public void A_token_decides_who_somebody_is_and_which_rooms_are_open()
    {
        Grant(new SessionGrants([Name.Parse("standup")], false, null));
        var joe = _conference.Connect();
        Assert.Equal("204 joe", joe.Ask("AUTH BEARER token"));
        Assert.Equal("503 not allowed", joe.Ask("CONN audio other@example.org"));
        Assert.StartsWith("303 audio ", joe.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        Assert.True(_conference.Plane.Applied.Last().Ports[0].Muted);
    }

    [Fact]
    public void A_session_ends_with_its_token()
    {
        Grant(new SessionGrants(null, true, _conference.Time.GetUtcNow().AddMinutes(10)));
        var joe = _conference.Connect();
        joe.Ask("AUTH BEARER token");
        _conference.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal("200 ok", joe.Ask("NOOP"));
        _conference.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("421 token expired", joe.Read());
        _conference.AwaitIdle();
        Assert.True(joe.Connection.Closed.Task.IsCompleted);
        Assert.Equal("402 status not available", _conference.Connect().Ask("STAT joe@example.org"));
    }

    [Fact]
    public void A_token_of_many_years_is_no_trouble()
    {
        Grant(new SessionGrants(null, true, DateTimeOffset.MaxValue));
        var joe = _conference.Connect();
        Assert.Equal("204 joe", joe.Ask("AUTH BEARER token"));
        for (int i = 0; i < 60 * 26; i += 20)
        {
            _conference.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal("200 ok", joe.Ask("NOOP"));
        }
    }

    [Fact]
    public void An_authenticator_that_breaks_costs_nobody_the_session()
    {
        _authenticator.Tokens = _ => throw new InvalidOperationException("a bug");
        var joe = _conference.Connect();
        Assert.Equal("504 try again", joe.Ask("AUTH BEARER token"));
        Assert.Equal("200 ok", joe.Ask("NOOP"));
    }

    [Fact]
    public void A_guest_known_in_a_room_is_no_guest_after_signing_in()
    {
        var joe = _conference.Connect();
        joe.Ask("CONN audio standup@example.org");
        string guest = joe.Ask("LIST standup@example.org").Split(' ')[1];
        joe.Read();
        joe.Ask("DCON audio standup@example.org");
        Assert.Equal("204 joe", joe.Ask(Plain("joe", "secret")));
        Assert.Equal("402 status not available", joe.Ask($"STAT {guest}@example.org"));
    }

    [Fact]
    public void After_stls_nothing_of_the_session_remains()
    {
        var joe = _conference.Connect(link: new LinkSecurity(IsEncrypted: false, IsLocal: false, CanStartTls: true));
        Assert.Equal("504 start TLS first", joe.Ask(Plain("joe", "secret")));
        joe.Ask("AUTH ANONYMOUS joe");
        joe.Ask("CONN audio standup@example.org");
        joe.Say("STLS");
        joe.Say("NOOP");

        Assert.Equal("220 ready, then TLS", joe.Read());
        _conference.AwaitIdle();
        Assert.True(joe.Connection.Closed.Task.IsCompleted);
        Assert.Empty(_conference.LiveActors);
        Assert.Empty(_conference.Plane.Open);
        joe.Connection.ExpectNothing();
    }

    private void Grant(SessionGrants grants) => _authenticator.Tokens = _ => new SignInResult.Proved(Name.Parse("joe"), grants);

    private static string Plain(string user, string password) =>
        $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))}";
}
