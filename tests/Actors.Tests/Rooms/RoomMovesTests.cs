using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Rooms;

/// <summary>The room's actor moves, or dies with its node: nobody in it notices.</summary>
public sealed class RoomMovesTests : ThreeNodes
{
    [Fact]
    public async Task A_room_that_is_handed_over_has_the_same_members_in_the_same_calls()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        var routes = (A.Routes(), B.Routes());
        await Cluster.HandOffAsync("standup", A);

        Assert.Equal(["alice", "joe"], List(joe).Order());
        Assert.Equal(routes.Item1.Remote, A.Routes().Remote);
        Assert.Equal(routes.Item2.Remote, B.Routes().Remote);
        Assert.All(Cluster.Calls, c => Assert.Null(c.Ended));
        var bob = B.Enter("bob");
        Assert.Equal("110 joined bob@example.org", joe.Read());
        Assert.Equal("110 joined bob@example.org", alice.Read());
        Assert.Equal(3, Cluster.Calls.Count);
        alice.HangUp();
        Assert.Equal("111 left alice@example.org", joe.Read());
        ExpectNothing(joe);
        Quiet(bob);
        Assert.Equal(["bob", "joe"], List(bob).Order());
    }

    [Fact]
    public void A_room_whose_node_crashed_is_back_with_all_its_members_and_their_mutes()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        A.Ask<SessionOutcome.Done>(A.Actors.Rooms, new RoomCommands.Mute(Room, Name.Parse("alice"), IsMuted: true, CommandId.New()));
        Quiet(joe, alice);
        Cluster.Crash(C, heir: B);

        Assert.Equal(["alice", "joe"], List(joe).Order());
        ExpectNothing(joe, alice);
        Assert.Single(A.Peers());
        Assert.True(Assert.Single(B.Routes().Ports).Muted);
        Assert.All(Cluster.Calls, c => Assert.Null(c.Ended));
        var room = A.Ask<RoomDetails>(A.Actors.Rooms, new RoomCommands.Describe(Room));
        Assert.Equal([("joe", "a", false), ("alice", "b", true)], room.Members.Select(m => (m.Name.ToString(), m.Node, m.IsMuted)).OrderBy(m => m.Node));
    }

    [Fact]
    public void Whoever_an_owner_put_out_and_could_not_tell_is_put_out_by_the_next_one()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        Lose(C, B);
        A.Ask<SessionOutcome.Done>(A.Actors.Rooms, new RoomCommands.PutOut(Room, Name.Parse("alice"), CommandId.New()));
        LoseNothing();
        ExpectNothing(alice);
        Cluster.Crash(C, heir: A);

        Cluster.Until(() => B.Plane.Open.IsEmpty, "alice has no port any more");
        Quiet(joe, alice);
        Assert.Equal(["joe"], List(joe));
        Assert.Equal(CallEnd.PutOut, CallOf("alice").End);

        // It was that call, and not her next.
        Assert.StartsWith("303 video", alice.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Quiet(joe);
        Assert.Equal(["alice", "joe"], List(joe).Order());
    }

    [Fact]
    public void Members_of_a_node_that_crashed_with_the_room_are_gone_and_recorded_so()
    {
        var joe = A.Enter("joe");
        C.Enter("carol");
        B.Enter("alice");
        Quiet(joe);
        Cluster.Crash(C, heir: B);

        Assert.Equal("111 left carol@example.org", joe.Read());
        ExpectNothing(joe);
        Assert.Equal([B.Node.Id.Value], A.Peers());
        Assert.Equal(["alice", "joe"], List(joe).Order());
        Assert.Equal(CallEnd.NodeGone, CallOf("carol").End);
        Assert.Null(CallOf("alice").Ended);
    }

    [Fact]
    public void Members_of_a_node_that_crashed_are_out_at_once_and_the_others_go_on()
    {
        var joe = A.Enter("joe");
        B.Enter("alice");
        B.Enter("bob");
        Quiet(joe);
        Cluster.Crash(B, heir: C);

        Assert.Equal(["111 left alice@example.org", "111 left bob@example.org"], new[] { joe.Read(), joe.Read() }.Order());
        ExpectNothing(joe);
        Assert.Empty(A.Peers());
        Assert.Equal(["joe"], List(joe));
        Assert.Equal([CallEnd.Open, CallEnd.NodeGone, CallEnd.NodeGone], new[] { "joe", "alice", "bob" }.Select(n => CallOf(n).End));
    }

    [Fact]
    public void A_room_all_of_whose_members_crashed_with_it_ends_their_calls_by_itself()
    {
        for (int i = 0; i < 5; i++)
            C.Enter($"user-{i}", $"room-{i}");
        A.Enter("joe", "room-0");
        Cluster.Crash(C, heir: B);
        Cluster.Advance(1);
        Cluster.Until(() => Cluster.Calls.Count(c => c.Ended is not null) == 5, "calls ended");
        Assert.All(Cluster.Calls.Where(c => c.Ended is not null), c => Assert.Equal(CallEnd.NodeGone, c.End));
        Assert.Null(CallOf("joe").Ended);
    }

    [Fact]
    public void Who_cannot_be_reached_when_the_room_begins_anew_stays_for_the_others_until_it_is_given_up()
    {
        var joe = A.Enter("joe");
        B.Enter("alice");
        Quiet(joe);
        Cluster.Cut(B, A);
        Cluster.Give("standup", A);
        Cluster.Advance(2.5);
        Assert.Single(A.Peers());
        Assert.Equal(["joe"], List(joe));
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);

        Cluster.Advance(3);
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Empty(A.Peers());
        Assert.Equal(CallEnd.NodeGone, CallOf("alice").End);

        Cluster.Mend(A, B);
        Cluster.Advance(3);
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Assert.Single(A.Peers());
        Assert.Single(B.Peers());
        Assert.Equal([CallEnd.NodeGone, CallEnd.Open], Cluster.Calls.Where(c => c.User == Name.Parse("alice")).Select(c => c.End));
        Assert.Equal(["alice", "joe"], List(joe).Order());
    }

    [Fact]
    public void A_node_that_comes_forward_before_it_is_given_up_is_as_if_it_had_never_been_away()
    {
        var joe = A.Enter("joe");
        B.Enter("alice");
        Quiet(joe);
        Cluster.Cut(B, A);
        Cluster.Give("standup", A);
        Cluster.Advance(3);
        Cluster.Mend(A, B);
        Cluster.Advance(10);
        ExpectNothing(joe);
        Assert.Equal(["alice", "joe"], List(joe).Order());
        Assert.All(Cluster.Calls, c => Assert.Null(c.Ended));
        Assert.Single(A.Peers());
        Assert.Single(B.Peers());
    }

    [Fact]
    public void A_node_that_was_fenced_comes_back_with_its_sessions_in_their_rooms()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        var before = B.Node.Id;
        Cluster.Cluster.DeclareDown(B.Node);
        Cluster.AwaitIdle();
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Empty(A.Peers());

        Cluster.Cluster.Fence(B.Node);
        Cluster.Cluster.Rejoin(B.Node);
        Cluster.Until(() => A.Peers().Any(), "alice is back");
        Assert.NotEqual(before, B.Node.Id);
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Assert.Equal([B.Node.Id.Value], A.Peers());
        Assert.Equal([A.Node.Id.Value], B.Peers());
        joe.Say("SEND chat welcome back");
        Assert.Equal("203 chat welcome back", alice.Read());
        alice.Say("SEND chat thank you");
        Assert.Equal("203 chat thank you", joe.Read());
        Assert.Equal("202 online", joe.Ask("STAT alice@example.org"));
        alice.HangUp();
        Assert.Equal("111 left alice@example.org", joe.Read());
    }

    [Fact]
    public async Task Whoever_leaves_while_the_room_moves_is_out_once_with_what_they_sent()
    {
        B.Plane.Statistics = new(10, 1000, 20, 2000, 0, true);
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe);
        var moving = Cluster.HandOffAsync("standup", A);
        alice.Say("DCON video standup@example.org");
        await moving;
        Cluster.Until(() => CallOf("alice").Ended is not null, "alice's call has ended");
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Equal(CallEnd.Left, CallOf("alice").End);
        Assert.Equal(1000, CallOf("alice").BytesIn);
        Assert.Equal("304 video disconnected", alice.Read());
        ExpectNothing(joe);
    }
}
