using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Users;

public sealed class UserActorTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_name_belongs_to_one_session_until_it_ends()
    {
        var joe = _conference.SignIn("joe");
        var other = _conference.Connect();
        Assert.Equal("504 name in use", other.Ask("AUTH ANONYMOUS Joe"));

        joe.HangUp();
        _conference.AwaitIdle();

        Assert.Equal("204 joe", other.Ask("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public void A_status_is_seen_by_others_and_goes_with_the_user()
    {
        var joe = _conference.SignIn("joe");
        var other = _conference.Connect();
        Assert.Equal("202 away", joe.Ask("STAT joe@example.org away"));
        Assert.Equal("202 away", other.Ask("STAT joe@example.org"));
        Assert.Equal("502 not allowed", other.Ask("STAT joe@example.org busy"));
        Assert.Equal("202 hidden", joe.Ask("STAT joe@example.org hidden"));
        Assert.Equal("402 status not available", other.Ask("STAT joe@example.org"));

        joe.HangUp();
        _conference.AwaitIdle();

        Assert.Equal("402 status not available", other.Ask("STAT joe@example.org"));
        Assert.Equal("204 joe", other.Ask("AUTH ANONYMOUS joe"));
        Assert.Equal("202 online", other.Ask("STAT joe@example.org"));
    }

    [Fact]
    public void Whoever_enters_a_users_room_is_announced_and_heard_there()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("SETP session events on");
        var alice = _conference.SignIn("alice");

        alice.Ask("CONN video joe@example.org");
        Assert.Equal("112 call video alice@example.org", joe.Read());
        alice.Say("SEND chat Hello Joe!");
        Assert.Equal("203 chat Hello Joe!", joe.Read());

        joe.Ask("CONN video joe@example.org");
        alice.Say("SEND chat once");
        Assert.Equal("203 chat once", joe.Read());
        _conference.AwaitIdle();
        joe.Connection.ExpectNothing();
    }

    [Fact]
    public void Words_without_a_room_go_to_whom_a_helo_found()
    {
        var joe = _conference.SignIn("joe");
        var alice = _conference.SignIn("alice");
        alice.Say("SEND chat to nobody");
        alice.Ask("HELO joe@example.org");
        alice.Say("SEND chat Hello Joe!");

        Assert.Equal("203 chat Hello Joe!", joe.Read());
    }

    [Fact]
    public void A_guest_can_be_called_once_it_has_been_seen_in_a_room()
    {
        var guest = _conference.Connect();
        guest.Ask("SETP session events on");
        guest.Ask("CONN video lobby@example.org");
        var alice = _conference.Connect();
        string name = alice.Ask("LIST lobby@example.org").Split(' ')[1];
        alice.Read();

        alice.Ask($"CONN audio {name}@example.org");

        Assert.StartsWith("112 call audio guest-", guest.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_kept_room_is_nobodys_to_listen_in_by()
    {
        _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Keep(Name.Parse("board"), 10, IsLocked: false, CommandId.New()));
        var eve = _conference.Connect();
        Assert.Equal("504 name in use", eve.Ask("AUTH ANONYMOUS board"));

        var joe = _conference.Connect();
        joe.Ask("CONN video board@example.org");
        joe.Say("SEND chat among ourselves");
        _conference.AwaitIdle();
        eve.Connection.ExpectNothing();
    }

    [Fact]
    public void Another_password_ends_the_sessions_there_are_and_one_that_was_just_proved_by_the_last()
    {
        var joe = Name.Parse("joe");
        var first = Set("one");
        var session = _conference.CreateTestProbe();
        var signIn = new UserCommands.SignIn(joe, new SessionId(1), session.Ref, IsAuthenticated: true, NeedsAccount: true, PasswordSetBy: first);
        Assert.NotNull(_conference.Ask<SignInAnswer>(_conference.Users, signIn).User);
        var second = Set("two");
        Assert.Equal("password changed, sign in again", session.ExpectMsg<SessionCommands.End>().Reason);

        // On its way meanwhile, or signed in with an owner of the name that is gone.
        var late = signIn with { Id = new SessionId(2), Session = _conference.CreateTestProbe().Ref };
        Assert.Equal(new SignInAnswer(null, "password changed, sign in again"), _conference.Ask<SignInAnswer>(_conference.Users, late));
        Assert.Equal(
            new SignInAnswer(null, "password changed, sign in again"), _conference.Ask<SignInAnswer>(_conference.Users, late with { IsAgain = true }));
        Assert.NotNull(_conference.Ask<SignInAnswer>(_conference.Users, late with { PasswordSetBy = second }).User);

        CommandId Set(string hash)
        {
            var command = new UserCommands.SetPassword(joe, hash, CommandId.New());
            _conference.Ask<AccountAnswer>(_conference.Users, command);
            Assert.Equal(command.Command, _conference.Ask<UserCredential>(_conference.Users, new UserQueries.ReadCredential(joe)).SetBy);
            return command.Command;
        }
    }

    [Fact]
    public void The_name_of_a_removed_account_rests_for_a_day()
    {
        _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.SetPassword(Name.Parse("joe"), "hash", CommandId.New()));
        _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.RemoveAccount(Name.Parse("joe"), CommandId.New()));
        var stranger = _conference.Connect();
        Assert.StartsWith("504", stranger.Ask("AUTH ANONYMOUS joe"), StringComparison.Ordinal);
        _conference.Advance(TimeSpan.FromMinutes(20));
        Assert.StartsWith("504", stranger.Ask("AUTH ANONYMOUS joe"), StringComparison.Ordinal);
        stranger.HangUp();
        _conference.Advance(TimeSpan.FromHours(24));
        Assert.Equal("204 joe", _conference.Connect().Ask("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public void Asking_for_nobody_leaves_nobody_behind()
    {
        var joe = _conference.Connect();
        for (int i = 0; i < 100; i++)
            joe.Ask($"STAT nobody-{i}@example.org");
        joe.HangUp();

        Assert.Empty(_conference.LiveActors);
    }
}
