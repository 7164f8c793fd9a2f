using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Who asks over nodes may have to ask again, and the first time may have been heard: everything twice is as once.</summary>
public sealed class AskedTwiceTests : IAsyncLifetime
{
    private static readonly Name _joe = Name.Parse("joe");

    private readonly Support.Conference _conference = new();
        public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_password_is_set_once_and_told_so_twice()
    {
        var (first, second) = (SetPassword("one"), SetPassword("two"));
        Assert.Equal(AccountChange.Created, Account(first));
        Assert.Equal(AccountChange.PasswordChanged, Account(second));
        // The first, on its way for long, must not bring the old password back.
        Assert.Equal(AccountChange.Created, Account(first));
        Assert.Equal("two", User<UserCredential>(new UserQueries.ReadCredential(_joe)).PasswordHash);
    }

    [Fact]
    public void An_account_is_removed_once_whatever_came_in_between_and_whoever_owns_the_user_by_then()
    {
        Account(SetPassword("one"));
        var remove = new UserCommands.RemoveAccount(_joe, CommandId.New());
        Assert.Equal(AccountChange.Removed, Account(remove));
        Assert.Equal(AccountChange.Removed, Account(remove));
        Account(SetPassword("two"));
        Sleep();
        Assert.Equal(AccountChange.Removed, Account(remove));
        Assert.True(User<UserPresence>(new UserQueries.Find(_joe)).HasAccount);
    }

    [Fact]
    public void What_was_answered_is_in_the_snapshot_too()
    {
        var first = SetPassword("one");
        Account(first);
        User<SignInAnswer>(new UserCommands.SignIn(_joe, new SessionId(1), _conference.CreateTestProbe().Ref, IsAuthenticated: true));
        // As many as make a snapshot, and fewer than are remembered.
        for (int i = 0; i < 90; i++)
            User<StatusAnswer>(new UserCommands.SetStatus(_joe, UserStatus.Away, CommandId.New()));
        for (int i = 0; i < 20; i++)
            Account(SetPassword($"{i}"));
        SignOut(1);
        Sleep();
        Assert.NotEmpty(_conference.Journal.SnapshotsOf(EntityIds.User(_joe)));
        Assert.Equal(AccountChange.Created, Account(first));
        Assert.Equal("19", User<UserCredential>(new UserQueries.ReadCredential(_joe)).PasswordHash);
    }

    [Fact]
    public void An_account_that_was_not_there_is_told_so_again_even_if_it_is_by_then()
    {
        var remove = new UserCommands.RemoveAccount(_joe, CommandId.New());
        Assert.Equal(AccountChange.NotFound, Account(remove));
        Account(SetPassword("one"));
        Assert.Equal(AccountChange.NotFound, Account(remove));
        Assert.True(User<UserPresence>(new UserQueries.Find(_joe)).HasAccount);
    }

    [Fact]
    public void A_session_signs_in_and_out_once()
    {
        var session = _conference.CreateTestProbe();
        var signIn = new UserCommands.SignIn(_joe, new SessionId(1), session.Ref);
        Assert.NotNull(User<SignInAnswer>(signIn).User);
        Assert.NotNull(User<SignInAnswer>(signIn).User);
        Assert.Equal(1, User<UserPresence>(new UserQueries.Find(_joe)).Sessions);
        // By another reference it is the same session still, and no other may have the name.
        Assert.NotNull(User<SignInAnswer>(signIn with { Session = _conference.CreateTestProbe().Ref }).User);
        Assert.Null(User<SignInAnswer>(signIn with { Id = new SessionId(2) }).User);
        for (int i = 0; i < 2; i++)
            SignOut(1);
        Assert.False(User<UserPresence>(new UserQueries.Find(_joe)).IsOnline);
    }

    [Fact]
    public void A_join_asked_for_twice_is_one_and_answered_twice()
    {
        var alice = _conference.SignIn("alice");
        alice.Ask("SETP session events on");
        alice.Ask("CONN video standup@example.org");
        var join = Join(1);
        Assert.Equal(11_001, Room<SessionOutcome.Connected>(join).Port);
        Assert.Equal(11_001, Room<SessionOutcome.Connected>(join).Port);
        Assert.Equal("110 joined joe@example.org", alice.Read());
        _conference.AwaitIdle();
        alice.Connection.ExpectNothing();
        Assert.Equal(2, _conference.Calls.Count);
        Assert.Equal(2, _conference.Plane.Applied.Last().Ports.Length);
    }

    [Fact]
    public void A_join_that_comes_after_its_leave_lets_nobody_in()
    {
        var join = Join(1);
        Room<SessionOutcome.Connected>(join);
        Leave(join);
        Assert.Equal(SessionOutcome.Refused.TryAgain, Room<SessionOutcome>(join));
        Assert.NotNull(Assert.Single(_conference.Calls).Ended);
        Assert.Empty(Room<SessionOutcome.Members>(new RoomQueries.ListMembers(RoomMakings.Room)).All);
        Assert.Empty(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void A_join_that_the_room_has_forgotten_the_leave_of_is_undone_since_nobody_holds_the_port()
    {
        var holder = _conference.Sys.ActorOf(Props.Empty);
        var join = Join(1) with { Port = Port(1) with { Holder = holder } };
        Room<SessionOutcome.Connected>(join);
        Leave(join);
        _conference.Sys.Stop(holder);
        Sleep();
        _conference.Rooms.Tell(join, _conference.CreateTestProbe().Ref);
        _conference.Until(() => _conference.Calls is [{ Ended: not null }, { Ended: not null }], "both calls have ended");
        Assert.Empty(Room<SessionOutcome.Members>(new RoomQueries.ListMembers(RoomMakings.Room)).All);
    }

    [Fact]
    public void A_leave_is_taken_note_of_as_often_as_it_is_told_and_ends_one_call()
    {
        var join = Join(1);
        Room<SessionOutcome.Connected>(join);
        for (int i = 0; i < 2; i++)
            Leave(join);
        Assert.Equal(CallEnd.Left, Assert.Single(_conference.Calls).End);
    }

    [Fact]
    public void Who_is_being_put_out_is_in_no_list()
    {
        // Its port is held still, so that the room has not taken note of its leave.
        Room<SessionOutcome.Connected>(Join(1));
        Assert.Single(Room<SessionOutcome.Members>(new RoomQueries.ListMembers(RoomMakings.Room)).All);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(new RoomCommands.PutOut(RoomMakings.Room, _joe, CommandId.New())).Change);
        Assert.Empty(Room<SessionOutcome.Members>(new RoomQueries.ListMembers(RoomMakings.Room)).All);
    }

    [Fact]
    public void Who_came_back_after_being_put_out_is_not_put_out_again_by_the_same_command()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var putOut = new RoomCommands.PutOut(RoomMakings.Room, _joe, CommandId.New());
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(putOut).Change);
        _conference.AwaitIdle();
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(putOut).Change);
        LetIn();
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(putOut).Change);
        _conference.AwaitIdle();
        Assert.Single(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void A_status_on_its_way_for_long_does_not_undo_the_next_one_whoever_owns_the_user_by_then()
    {
        Account(SetPassword("one"));
        var signIn = new UserCommands.SignIn(_joe, new SessionId(1), _conference.CreateTestProbe().Ref, IsAuthenticated: true);
        User<SignInAnswer>(signIn);
        var away = new UserCommands.SetStatus(_joe, UserStatus.Away, CommandId.New());
        Assert.Equal(UserStatus.Away, User<StatusAnswer>(away).Status);
        Assert.Equal(UserStatus.Busy, User<StatusAnswer>(new UserCommands.SetStatus(_joe, UserStatus.Busy, CommandId.New())).Status);
        Assert.Equal(UserStatus.Away, User<StatusAnswer>(away).Status);
        Assert.Equal(UserStatus.Busy, User<UserPresence>(new UserQueries.Find(_joe)).Status);

        SignOut(1);
        Sleep();
        User<SignInAnswer>(signIn with { Id = new SessionId(2) });
        Assert.Equal(UserStatus.Away, User<StatusAnswer>(away).Status);
        Assert.Equal(UserStatus.Busy, User<UserPresence>(new UserQueries.Find(_joe)).Status);
    }

    [Fact]
    public void Who_came_back_after_being_put_out_is_in_for_the_next_owner_of_the_room_too()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var putOut = new RoomCommands.PutOut(RoomMakings.Room, _joe, CommandId.New());
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(putOut).Change);
        _conference.AwaitIdle();
        Sleep();
        Assert.Equal("503 put out", joe.Ask("CONN video standup@example.org"));
        LetIn();
        Sleep();
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(putOut).Change);
        _conference.AwaitIdle();
        Assert.Single(_conference.Plane.Applied.Last().Ports);
    }

    private void LetIn() => Assert.Equal(
        RoomChange.Done, Room<RoomAnswer>(new RoomCommands.LetIn(RoomMakings.Room, _joe, CommandId.New())).Change);

    [Fact]
    public void A_mute_on_its_way_for_long_does_not_undo_its_taking_back()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var mute = new RoomCommands.Mute(RoomMakings.Room, _joe, IsMuted: true, CommandId.New());
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(mute).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(mute with { IsMuted = false, Command = CommandId.New() }).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(mute).Change);
        _conference.AwaitIdle();
        Assert.False(Assert.Single(_conference.Plane.Applied.Last().Ports).Muted);
    }

    [Fact]
    public void Keeping_and_closing_a_room_twice_is_as_once()
    {
        var keep = new RoomCommands.Keep(RoomMakings.Room, 5, IsLocked: false, CommandId.New());
        for (int i = 0; i < 2; i++)
            Assert.Equal(RoomChange.Done, Room<RoomAnswer>(keep).Change);
        Assert.True(Room<RoomPresence>(new RoomQueries.Find(RoomMakings.Room)).IsKept);
        var close = new RoomCommands.Close(RoomMakings.Room, CommandId.New());
        for (int i = 0; i < 2; i++)
            Assert.Equal(RoomChange.Done, Room<RoomAnswer>(close).Change);
        Assert.False(Room<RoomPresence>(new RoomQueries.Find(RoomMakings.Room)).IsHere);
    }

    [Fact]
    public void What_is_asked_again_late_undoes_nothing_that_was_done_since()
    {
        var five = new RoomCommands.Keep(RoomMakings.Room, 5, IsLocked: false, CommandId.New());
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(five).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(five with { MaxMembers = 6, Command = CommandId.New() }).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(five).Change);
        Assert.Equal(6, Room<RoomDetails>(new RoomQueries.Describe(RoomMakings.Room)).MaxMembers);

        // The next to be this room knows it from the journal.
        _conference.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_conference.LiveActors);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(five).Change);
        Assert.Equal(6, Room<RoomDetails>(new RoomQueries.Describe(RoomMakings.Room)).MaxMembers);
    }

    [Fact]
    public void A_change_of_some_settings_is_made_once_and_leaves_the_others()
    {
        var locking = new RoomCommands.Change(RoomMakings.Room, MaxMembers: null, IsLocked: true, CommandId.New());
        Assert.Equal(RoomChange.NotFound, Room<RoomAnswer>(locking).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(new RoomCommands.Keep(RoomMakings.Room, 5, IsLocked: false, CommandId.New())).Change);
        locking = locking with { Command = CommandId.New() };
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(locking).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(new RoomCommands.Change(RoomMakings.Room, 6, IsLocked: false, CommandId.New())).Change);
        Assert.Equal(RoomChange.Done, Room<RoomAnswer>(locking).Change);
        var room = Room<RoomDetails>(new RoomQueries.Describe(RoomMakings.Room));
        Assert.Equal((6, false), (room.MaxMembers, room.IsLocked));
    }

    private static UserCommands.SetPassword SetPassword(string hash) => new(_joe, hash, CommandId.New());

    /// <summary>As a session's port actor would have it, on this node.</summary>
    private RoomCommands.Join Join(int port)
    {
        var who = Who("joe", 7, 1) with { On = _conference.Self, Node = _conference.Forwarders, Session = _conference.CreateTestProbe().Ref };
        return new RoomCommands.Join(RoomMakings.Room, who, Port(port) with { Holder = _conference.CreateTestProbe().Ref });
    }

    private void Leave(RoomCommands.Join join)
    {
        _conference.Ask<SessionOutcome.Done>(
            _conference.Forwarders,
            new ForwarderCommands.Remove(join.Room, join.Who, join.Port.Service, join.Port.Port, CallTotals.None, CallEnd.Left));
        _conference.AwaitIdle();
    }

    /// <summary>Whoever is this user or room next has read it from the journal.</summary>
    private void Sleep() => _conference.Advance(TimeSpan.FromSeconds(5));

    private void SignOut(long session) => _conference.Users.Tell(new UserCommands.SignOut(_joe, new SessionId(session)), ActorRefs.NoSender);

    private AccountChange Account(IUserMessage command) => User<AccountAnswer>(command).Change;

    private T User<T>(IUserMessage command) => _conference.Ask<T>(_conference.Users, command);

    private T Room<T>(IRoomMessage command) => _conference.Ask<T>(_conference.Rooms, command);
}
