using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Rooms;

/// <summary>However a member goes, and whatever is away just then: it is gone, once, and its record says how and with what.</summary>
public sealed class DepartureTests : IAsyncLifetime
{
    private static readonly PortStatistics _traffic = new(10, 1000, 20, 2000, 0, true);

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync()
    {
        _conference.Plane.Statistics = _traffic;
        return _conference.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Theory]
    [InlineData("QUIT", CallEnd.Left)]
    [InlineData(null, CallEnd.Lost)]
    public void What_went_through_a_sessions_ports_is_in_its_record_however_it_ends(string? lastWord, CallEnd end)
    {
        for (int i = 0; i < 300; i++)
        {
            var joe = _conference.Connect();
            joe.Ask("CONN video standup@example.org");
            joe.Ask("CONN audio standup@example.org");
            if (lastWord is null)
                joe.HangUp();
            else
                joe.Say(lastWord);
        }

        var calls = _conference.Calls;
        Assert.Equal(300, calls.Count);
        Assert.All(calls, c => AssertWhole(c, end, "video", "audio"));
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("DCON video standup@example.org", CallEnd.Left)]
    [InlineData("QUIT", CallEnd.Left)]
    [InlineData(null, CallEnd.Lost)]
    public void A_call_that_ends_while_the_journal_is_away_is_recorded_whole_once_it_is_back(string? lastWord, CallEnd end)
    {
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        alice.Ask("SETP session events on");
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        Assert.Equal("110 joined joe@example.org", alice.Read());

        Break();
        if (lastWord is null)
            joe.HangUp();
        else
            Assert.NotEqual("", joe.Ask(lastWord));
        _conference.AwaitIdle();
        Assert.Single(_conference.Plane.Applied.Last().Ports);
        _conference.Advance(TimeSpan.FromSeconds(30));
        Mend();
        _conference.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("111 left joe@example.org", alice.Read());
        AssertWhole(CallOf("joe"), end, "video");
        Assert.Null(CallOf("alice").Ended);
        Assert.Equal("211 alice video", alice.Ask("LIST standup@example.org"));
        Assert.Equal("211 end", alice.Read());
        alice.HangUp();
        joe.HangUp();
        AssertNothingIsLeft();
        AssertWhole(CallOf("alice"), CallEnd.Lost, "video");
    }

    [Fact]
    public void A_dcon_is_answered_at_once_while_the_journal_is_away()
    {
        var joe = _conference.Connect();
        joe.Ask("CONN video standup@example.org");
        Break();

        Assert.Equal("304 video disconnected", joe.Ask("DCON video standup@example.org"));
        Assert.Empty(_conference.Plane.Open);
    }

    [Fact]
    public void A_service_that_ended_before_the_room_lost_its_memory_is_in_the_record()
    {
        var joe = _conference.Connect();
        joe.Ask("CONN video standup@example.org");
        joe.Ask("CONN audio standup@example.org");
        joe.Ask("DCON video standup@example.org");
        RestartRoom();
        joe.Ask("DCON audio standup@example.org");

        AssertWhole(Assert.Single(_conference.Calls), CallEnd.Left, "video", "audio");
    }

    [Fact]
    public void Somebody_put_out_while_the_journal_is_away_is_out_and_recorded_as_put_out_once_it_is_back()
    {
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        Break();

        _conference.Rooms.Tell(new RoomCommands.PutOut(Name.Parse("standup"), Name.Parse("joe"), CommandId.New()), ActorRefs.NoSender);
        _conference.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(_conference.Plane.Open);
        Mend();
        _conference.Advance(TimeSpan.FromSeconds(5));

        AssertWhole(CallOf("joe"), CallEnd.PutOut, "video");
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.Equal(3, _conference.Calls.Count);
    }

    [Fact]
    public void Back_in_before_the_room_could_be_told_of_the_leaving_is_one_call_that_goes_on()
    {
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        Break();
        joe.Ask("DCON video standup@example.org");
        Mend();
        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        _conference.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, _conference.Plane.Applied.Last().Ports.Length);
        Assert.Equal(2, _conference.Calls.Count);
        Assert.All(_conference.Calls, c => Assert.Null(c.Ended));
        joe.Ask("DCON video standup@example.org");
        var call = CallOf("joe");
        Assert.Equal(2000, call.BytesIn);
        Assert.Equal(["video"], call.Services);
    }

    [Fact]
    public void A_session_that_dies_while_its_join_is_being_stored_leaves_no_ghost()
    {
        var stored = new TaskCompletionSource();
        _conference.Journal.Hold = _ => stored.Task;
        var joe = _conference.Connect();
        joe.Say("CONN video standup@example.org");
        _conference.Until(() => _conference.Plane.Open.Count == 1, "a port is open");
        joe.HangUp();
        _conference.AwaitIdle();
        _conference.Journal.Hold = null;
        stored.SetResult();

        _conference.Until(() => _conference.Calls is [{ Ended: not null }], "the call has ended");
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_join_that_comes_through_after_its_client_was_told_no_leaves_no_ghost()
    {
        var user = new TaskCompletionSource();
        var room = new TaskCompletionSource();
        bool isRoomAsked = false;
        _conference.Journal.HoldReplay = id =>
        {
            if (id == EntityIds.User(Name.Parse("standup")))
                return user.Task;
            isRoomAsked = id == EntityIds.Room(Name.Parse("standup"));
            return isRoomAsked ? room.Task : Task.CompletedTask;
        };
        var joe = _conference.Connect();
        joe.Say("CONN video standup@example.org");
        _conference.Until(() => _conference.Plane.Open.Count == 1, "a port is open");
        user.SetResult();
        _conference.Until(() => isRoomAsked, "the room is asked");
        Assert.Equal("503 try again", joe.Read());
        _conference.AwaitIdle();
        room.SetResult();

        _conference.Until(() => _conference.Calls is [{ Ended: not null }], "the call that nobody holds has ended");
        Assert.Equal("211 end", joe.Ask("LIST standup@example.org"));
        Assert.Empty(_conference.Plane.Applied.Last().Ports);
    }

    [Fact]
    public void Whoever_is_put_out_while_the_next_service_is_on_its_way_is_in_with_neither_and_comes_back_when_it_may()
    {
        var stored = new TaskCompletionSource();
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        // The name's own entity sleeps by then, and is slow to wake.
        _conference.Advance(TimeSpan.FromSeconds(5));
        _conference.Journal.HoldReplay = id => id == EntityIds.User(Name.Parse("standup")) ? stored.Task : Task.CompletedTask;
        joe.Say("CONN audio standup@example.org");
        _conference.Until(() => _conference.Plane.Open.Count == 2, "a second port is open");
        _conference.Rooms.Tell(new RoomCommands.PutOut(Name.Parse("standup"), Name.Parse("joe"), CommandId.New()), ActorRefs.NoSender);
        _conference.AwaitIdle();
        stored.SetResult();

        Assert.StartsWith("503", joe.Read(), StringComparison.Ordinal);
        _conference.Until(() => _conference.LiveActors.Count == 2, "only joe and his session are left");
        Assert.Equal("304 audio disconnected", joe.Ask("DCON audio standup@example.org"));
        Assert.Equal("211 end", joe.Ask("LIST standup@example.org"));
        Assert.All(_conference.Calls, c => Assert.NotNull(c.Ended));
        Assert.Empty(_conference.Plane.Open);
        Assert.Equal("503 put out", joe.Ask("CONN audio standup@example.org"));
        _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.LetIn(Name.Parse("standup"), Name.Parse("joe"), CommandId.New()));
        Assert.StartsWith("303", joe.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_room_that_could_not_store_a_join_still_has_its_members()
    {
        var alice = _conference.SignIn("alice");
        alice.Ask("CONN video standup@example.org");
        var joe = _conference.Connect();
        Break();
        Assert.Equal("503 try again", joe.Ask("CONN video standup@example.org"));
        Assert.Equal("503 try again", joe.Ask("LIST standup@example.org"));
        _conference.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(_conference.Plane.Applied.Last().Ports);
        Mend();
        _conference.Advance(TimeSpan.FromSeconds(5));

        Assert.StartsWith("303", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.Equal(2, _conference.Plane.Applied.Last().Ports.Length);
        joe.Say("SEND chat still here?");
        Assert.Equal("203 chat still here?", alice.Read());
        Assert.Null(CallOf("alice").Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_failed_mute_came_to_holds_on_the_plane_as_in_the_journal(bool isStored)
    {
        var joe = _conference.SignIn("joe");
        joe.Ask("CONN video standup@example.org");
        var mute = new RoomCommands.Mute(Name.Parse("standup"), Name.Parse("joe"), IsMuted: true, CommandId.New());
        if (isStored)
            _conference.Journal.FailAfterWrite = _ => new TimeoutException("nobody knows");
        else
            _conference.Journal.FailWrite = _ => new IOException("away");
        _conference.Ask<Unavailable>(_conference.Rooms, mute);
        Assert.False(Assert.Single(_conference.Plane.Applied.Last().Ports).Muted);
        (_conference.Journal.FailWrite, _conference.Journal.FailAfterWrite) = (null, null);

        Assert.Equal("211 joe video", joe.Ask("LIST standup@example.org"));
        _conference.AwaitIdle();
        Assert.Equal(isStored, Assert.Single(_conference.Plane.Applied.Last().Ports).Muted);
    }

    [Fact]
    public void A_clean_stop_writes_the_end_of_every_call_with_its_totals()
    {
        for (int i = 0; i < 50; i++)
            _conference.Connect().Ask($"CONN video room-{i % 5}@example.org");
        Assert.Equal(new SessionsTold(50), _conference.Ask<SessionsTold>(_conference.Sessions, new SessionsCommands.Close("shutting down")));

        Assert.Empty(_conference.LiveActors);
        Assert.Equal(50, _conference.Calls.Count);
        Assert.All(_conference.Calls, c => AssertWhole(c, CallEnd.NodeGone, "video"));
    }

    private CallRecord CallOf(string user) => Assert.Single(_conference.Calls, c => c.User == Name.Parse(user));

    private static void AssertWhole(CallRecord call, CallEnd end, params string[] services)
    {
        Assert.NotNull(call.Ended);
        Assert.Equal(end, call.End);
        Assert.Equal(services, call.Services);
        Assert.Equal(services.Length * _traffic.BytesIn, call.BytesIn);
        Assert.Equal(services.Length * _traffic.DatagramsOut, call.PacketsOut);
    }

    private void AssertNothingIsLeft()
    {
        _conference.Until(() => _conference.LiveActors.Count == 0, "no actor is left");
        Assert.Empty(_conference.Plane.Open);
    }

    private void Break() => _conference.Journal.Failure = new IOException("away");

    /// <summary>Whatever was asked of the journal until now has failed, and waits for its timers.</summary>
    private void Mend()
    {
        _conference.AwaitIdle();
        (_conference.Journal.Failure, _conference.Journal.FailWrite) = (null, null);
    }

    /// <summary>A write that fails: the room's actor stops, and the next one asks its nodes who is here.</summary>
    private void RestartRoom()
    {
        var other = _conference.Connect();
        _conference.Journal.FailWrite = _ => new IOException("away");
        Assert.Equal("503 try again", other.Ask("CONN video standup@example.org"));
        Mend();
        other.HangUp();
        _conference.Advance(TimeSpan.FromSeconds(5));
    }
}
