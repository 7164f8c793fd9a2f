using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit;
using Conference.Actors.Tests.Runtime;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Who asks over nodes may have to ask again, and the first time may have been heard: everything twice is as once.</summary>
public sealed class AskedTwiceTests : IAsyncLifetime
{
    private static readonly Name _joe = Name.Parse("joe");

    private readonly Support.Conference _conference = new();
    private readonly TestProbe _probe;

    public AskedTwiceTests() => _probe = _conference.CreateTestProbe();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_password_is_set_once_and_told_so_twice()
    {
        var (first, second) = (SetPassword("one"), SetPassword("two"));
        Assert.Equal(new AccountChange.Set(IsNew: true), User<AccountChange>(first));
        Assert.Equal(new AccountChange.Set(IsNew: false), User<AccountChange>(second));
        // The first, on its way for long, must not bring the old password back.
        Assert.Equal(new AccountChange.Set(IsNew: true), User<AccountChange>(first));
        Assert.Equal("two", User<UserCredential>(new UserCommands.ReadCredential(_joe)).PasswordHash);
    }

    [Fact]
    public void An_account_is_removed_once_whatever_came_in_between_and_whoever_owns_the_user_by_then()
    {
        User<AccountChange>(SetPassword("one"));
        var remove = new UserCommands.RemoveAccount(_joe, CommandId.New());
        Assert.IsType<AccountChange.Removed>(User<AccountChange>(remove));
        Assert.IsType<AccountChange.Removed>(User<AccountChange>(remove));
        User<AccountChange>(SetPassword("two"));
        Sleep();
        Assert.IsType<AccountChange.Removed>(User<AccountChange>(remove));
        Assert.True(User<UserPresence>(new UserCommands.Find(_joe)).HasAccount);
    }

    [Fact]
    public void What_was_answered_is_in_the_snapshot_too()
    {
        var first = SetPassword("one");
        User<AccountChange>(first);
        // As many as make a snapshot, and fewer than are remembered.
        for (int i = 0; i < 90; i++)
            User<SessionOutcome>(new UserCommands.SetStatus(_joe, UserStatus.Away, CommandId.New()));
        for (int i = 0; i < 20; i++)
            User<AccountChange>(SetPassword($"{i}"));
        Sleep();
        Assert.Equal(new AccountChange.Set(IsNew: true), User<AccountChange>(first));
        Assert.Equal("19", User<UserCredential>(new UserCommands.ReadCredential(_joe)).PasswordHash);
    }

    [Fact]
    public void An_account_that_was_not_there_is_told_so_again_even_if_it_is_by_then()
    {
        var remove = new UserCommands.RemoveAccount(_joe, CommandId.New());
        Assert.IsType<AccountChange.NotFound>(User<AccountChange>(remove));
        User<AccountChange>(SetPassword("one"));
        Assert.IsType<AccountChange.NotFound>(User<AccountChange>(remove));
        Assert.True(User<UserPresence>(new UserCommands.Find(_joe)).HasAccount);
    }

    [Fact]
    public void A_session_signs_in_and_out_once()
    {
        var session = _conference.CreateTestProbe();
        var signIn = new UserCommands.SignIn(_joe, new SessionId(1), session.Ref);
        Assert.IsType<SessionOutcome.SignedIn>(User<SessionOutcome>(signIn));
        Assert.IsType<SessionOutcome.SignedIn>(User<SessionOutcome>(signIn));
        Assert.Equal(1, User<UserPresence>(new UserCommands.Find(_joe)).Sessions);
        // By another reference it is the same session still, and no other may have the name.
        Assert.IsType<SessionOutcome.SignedIn>(User<SessionOutcome>(signIn with { Session = _conference.CreateTestProbe().Ref }));
        Assert.IsType<SessionOutcome.Refused>(User<SessionOutcome>(signIn with { Id = new SessionId(2) }));
        for (int i = 0; i < 2; i++)
            _probe.Send(_conference.Actors.Users, new UserCommands.SignOut(_joe, new SessionId(1)));
        Assert.False(User<UserPresence>(new UserCommands.Find(_joe)).IsOnline);
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
        Assert.Empty(Room<SessionOutcome.Members>(new RoomCommands.ListMembers(RoomMakings.Room)).All);
        Assert.Empty(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void A_join_that_the_room_has_forgotten_the_leave_of_is_undone_since_nobody_holds_the_port()
    {
        var holder = _conference.Sys.ActorOf(Props.Create(() => new FunActor()));
        var join = Join(1) with { Port = Port(1) with { Holder = holder } };
        Room<SessionOutcome.Connected>(join);
        Leave(join);
        _conference.Sys.Stop(holder);
        Sleep();
        _conference.CreateTestProbe().Send(_conference.Actors.Rooms, join);
        _conference.Until(() => _conference.Calls is [{ Ended: not null }, { Ended: not null }], "both calls have ended");
        Assert.Empty(Room<SessionOutcome.Members>(new RoomCommands.ListMembers(RoomMakings.Room)).All);
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
    public void Who_came_back_after_being_put_out_is_not_put_out_again_by_the_same_command()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var putOut = new RoomCommands.PutOut(RoomMakings.Room, _joe, CommandId.New());
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(putOut));
        _conference.AwaitIdle();
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(putOut));
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(putOut));
        _conference.AwaitIdle();
        Assert.Single(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void A_status_on_its_way_for_long_does_not_undo_the_next_one_whoever_owns_the_user_by_then()
    {
        User<AccountChange>(SetPassword("one"));
        var signIn = new UserCommands.SignIn(_joe, new SessionId(1), _conference.CreateTestProbe().Ref, IsAuthenticated: true);
        User<SessionOutcome.SignedIn>(signIn);
        var away = new UserCommands.SetStatus(_joe, UserStatus.Away, CommandId.New());
        Assert.Equal(UserStatus.Away, User<SessionOutcome.StatusIs>(away).Status);
        Assert.Equal(UserStatus.Busy, User<SessionOutcome.StatusIs>(new UserCommands.SetStatus(_joe, UserStatus.Busy, CommandId.New())).Status);
        Assert.Equal(UserStatus.Away, User<SessionOutcome.StatusIs>(away).Status);
        Assert.Equal(UserStatus.Busy, User<UserPresence>(new UserCommands.Find(_joe)).Status);

        _probe.Send(_conference.Actors.Users, new UserCommands.SignOut(_joe, new SessionId(1)));
        Sleep();
        User<SessionOutcome.SignedIn>(signIn with { Id = new SessionId(2) });
        Assert.Equal(UserStatus.Away, User<SessionOutcome.StatusIs>(away).Status);
        Assert.Equal(UserStatus.Busy, User<UserPresence>(new UserCommands.Find(_joe)).Status);
    }

    [Fact]
    public void Who_came_back_after_being_put_out_is_in_for_the_next_owner_of_the_room_too()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var putOut = new RoomCommands.PutOut(RoomMakings.Room, _joe, CommandId.New());
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(putOut));
        _conference.AwaitIdle();
        Sleep();
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(putOut));
        _conference.AwaitIdle();
        Assert.Single(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void A_mute_on_its_way_for_long_does_not_undo_its_taking_back()
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var mute = new RoomCommands.Mute(RoomMakings.Room, _joe, IsMuted: true, CommandId.New());
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(mute));
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(mute with { IsMuted = false, Command = CommandId.New() }));
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(mute));
        _conference.AwaitIdle();
        Assert.False(Assert.Single(_conference.Plane.Applied.Last().Ports).Muted);
    }

    [Fact]
    public void Keeping_and_closing_a_room_twice_is_as_once()
    {
        var keep = new RoomCommands.Keep(RoomMakings.Room, 5, IsLocked: false, CommandId.New());
        for (int i = 0; i < 2; i++)
            Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(keep));
        Assert.True(Room<RoomPresence>(new RoomCommands.Find(RoomMakings.Room)).IsKept);
        var close = new RoomCommands.Close(RoomMakings.Room, CommandId.New());
        for (int i = 0; i < 2; i++)
            Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(close));
        Assert.False(Room<RoomPresence>(new RoomCommands.Find(RoomMakings.Room)).IsHere);
    }

    [Fact]
    public void What_is_asked_again_late_undoes_nothing_that_was_done_since()
    {
        var five = new RoomCommands.Keep(RoomMakings.Room, 5, IsLocked: false, CommandId.New());
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(five));
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(five with { MaxMembers = 6, Command = CommandId.New() }));
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(five));
        Assert.Equal(6, Room<RoomDetails>(new RoomCommands.Describe(RoomMakings.Room)).MaxMembers);

        // The next to be this room knows it from the journal.
        _conference.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(_conference.LiveActors);
        Assert.IsType<SessionOutcome.Done>(Room<SessionOutcome>(five));
        Assert.Equal(6, Room<RoomDetails>(new RoomCommands.Describe(RoomMakings.Room)).MaxMembers);
    }

    private static UserCommands.SetPassword SetPassword(string hash) => new(_joe, hash, CommandId.New());

    /// <summary>As a session's port actor would have it, on this node.</summary>
    private RoomCommands.Join Join(int port)
    {
        var who = Who("joe", 7, 1) with { On = _conference.Cluster.Self, Node = _conference.Actors.Forwarders, Session = _conference.CreateTestProbe().Ref };
        return new RoomCommands.Join(RoomMakings.Room, who, Port(port) with { Holder = _conference.CreateTestProbe().Ref });
    }

    private void Leave(RoomCommands.Join join)
    {
        _probe.Send(
            _conference.Actors.Forwarders,
            new ForwarderCommands.Remove(join.Room, join.Who, join.Port.Service, join.Port.Port, CallTotals.None, CallEnd.Left));
        _probe.ExpectMsg<SessionOutcome.Done>();
        _conference.AwaitIdle();
    }

    /// <summary>Whoever is this user or room next has read it from the journal.</summary>
    private void Sleep() => _conference.Advance(TimeSpan.FromSeconds(5));

    private T User<T>(IUserCommand command) => Ask<T>(_conference.Actors.Users, command);

    private T Room<T>(IRoomCommand command) => Ask<T>(_conference.Actors.Rooms, command);

    private T Ask<T>(IActorRef whom, object command)
    {
        _probe.Send(whom, command);
        return _probe.ExpectMsg<T>();
    }
}
