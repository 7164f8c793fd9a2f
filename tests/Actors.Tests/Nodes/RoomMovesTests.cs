using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes;

/// <summary>The room's actor moves, or dies with its node: nobody in it notices.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class RoomMovesTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    [Fact]
    public async Task A_room_that_is_handed_over_has_the_same_members_in_the_same_calls()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        var routes = (A.Routes(Standup)!, B.Routes(Standup)!);
        long term = Term();
        await Cluster.LeaveAsync(C);

        AwaitMembers(joe, "alice", "joe");
        Assert.Equal(routes.Item1.Remote, A.Routes(Standup)!.Remote);
        Assert.Equal(routes.Item2.Remote, B.Routes(Standup)!.Remote);
        Assert.All(Calls, c => Assert.Null(c.Ended));
        Assert.True(Term() > term);
        ExpectNothing(joe, alice);

        var bob = Enter(B, "bob");
        Assert.Equal(Joined(Of("bob")), joe.Read());
        Assert.Equal(Joined(Of("bob")), alice.Read());
        Assert.Equal(3, Calls.Count);
        alice.HangUp();
        Assert.Equal(Left(Of("alice")), joe.Read());
        ExpectNothing(joe);
        Quiet(bob);
        Assert.Equal([Of("bob"), Of("joe")], List(bob).Order());
    }

    [Fact]
    public void A_room_whose_node_crashed_is_back_with_all_its_members_and_their_mutes()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        A.AskRoom<RoomAnswer>(new RoomCommands.Mute(Room, Name.Parse(Of("alice")), IsMuted: true, CommandId.New()));
        Quiet(joe, alice);
        Cluster.Crash(C);

        AwaitMembers(joe, "alice", "joe");
        ExpectNothing(joe, alice);
        Assert.Single(A.Peered(Standup));
        Assert.True(Assert.Single(B.Routes(Standup)!.Ports).Muted);
        Assert.All(Calls, c => Assert.Null(c.Ended));
        var room = A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room));
        Assert.Equal(
            [(Of("joe"), "a", false), (Of("alice"), "b", true)], room.Members.Select(m => (m.Name.ToString(), m.Node, m.IsMuted)).OrderBy(m => m.Node));
    }

    [Fact]
    public void Whoever_an_owner_put_out_and_could_not_tell_is_put_out_by_the_next_one()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        Lose(C, B);
        A.AskRoom<RoomAnswer>(new RoomCommands.PutOut(Room, Name.Parse(Of("alice")), CommandId.New()));
        ExpectNothing(alice);
        Cluster.Wire.Kill("c");
        LoseNothing();
        Cluster.Crash(C);

        Cluster.SkipUntil(() => B.OpenIn(Standup).Count == 0, "alice has no port any more");
        Await(() => Assert.Equal(CallEnd.PutOut, CallOf("alice").End));
        Quiet(joe, alice);
        Assert.Equal([Of("joe")], List(joe));

        // It is her name that stays out, for the next owner too, until an operator lets her in; and then it was that call, and not her next.
        Assert.Equal("503 put out", alice.Ask(Video(Standup)));
        A.AskRoom<RoomAnswer>(new RoomCommands.LetIn(Room, Name.Parse(Of("alice")), CommandId.New()));
        Assert.StartsWith("303 video", alice.Ask(Video(Standup)), StringComparison.Ordinal);
        Quiet(joe);
        Assert.Equal([Of("alice"), Of("joe")], List(joe).Order());
    }

    [Fact]
    public void That_somebody_records_is_known_to_the_rooms_next_owner_too()
    {
        var joe = Enter(A, "joe");
        joe.Ask("SETP session recording on");
        Cluster.Crash(C);

        var alice = EnterRecorded(B, "alice", "joe");
        Await(() => Assert.True(Assert.Single(
            A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room)).Members, m => m.Name == Name.Parse(Of("joe"))).IsRecording));
        joe.Ask("SETP session recording off");
        Assert.Equal(Recorded(Of("joe")), alice.Read());
        ExpectNothing(alice);
    }

    [Fact]
    public void Members_of_a_node_that_crashed_with_the_room_are_gone_and_recorded_so()
    {
        var joe = Enter(A, "joe");
        Enter(C, "carol");
        Enter(B, "alice");
        Quiet(joe);
        Cluster.Crash(C);

        Assert.Equal(Left(Of("carol")), joe.Read());
        AwaitMembers(joe, "alice", "joe");
        ExpectNothing(joe);
        Assert.Equal([B.Id.Value], A.Peered(Standup));
        Await(() => Assert.Equal(CallEnd.NodeGone, CallOf("carol").End));
        Assert.Null(CallOf("alice").Ended);
    }

    [Fact]
    public void Members_of_a_node_that_crashed_are_out_at_once_and_the_others_go_on()
    {
        var joe = Enter(A, "joe");
        Enter(B, "alice");
        Enter(B, "bob");
        Quiet(joe);
        Cluster.Crash(B);

        string[] told = [joe.Read(), joe.Read()];
        Assert.Equal([Left(Of("alice")), Left(Of("bob"))], told.Order());
        ExpectNothing(joe);
        Assert.Empty(A.Peered(Standup));
        AwaitMembers(joe, "joe");
        Await(() => Assert.Equal(
            [CallEnd.Open, CallEnd.NodeGone, CallEnd.NodeGone], new[] { "joe", "alice", "bob" }.Select(n => CallOf(n).End)));
    }

    [Fact]
    public void A_room_all_of_whose_members_crashed_with_it_ends_their_calls_by_itself()
    {
        for (int i = 0; i < 5; i++)
            C.Enter(Of($"user-{i}"), Of($"room-{i}"));
        A.Enter(Of("joe"), Of("room-0"));
        Cluster.Settle();
        Cluster.Crash(C);
        // Nobody asks.
        Cluster.SkipUntil(() => MyCalls().Count(c => c.Ended is not null) == 5, "calls ended");
        Assert.All(MyCalls().Where(c => c.Ended is not null), c => Assert.Equal(CallEnd.NodeGone, c.End));
        Assert.Null(Assert.Single(MyCalls(), c => c.User == Name.Parse(Of("joe"))).Ended);

        IEnumerable<CallRecord> MyCalls() => Cluster.Calls.Where(c => c.User.ToString().EndsWith(Of(""), StringComparison.Ordinal));
    }

    [Fact]
    public void Who_cannot_be_reached_when_the_room_begins_anew_stays_for_the_others_until_it_is_given_up()
    {
        var joe = Enter(A, "joe");
        Enter(B, "alice");
        Quiet(joe);
        var began = C.Time.GetUtcNow();
        Cluster.Wire.Cut("b", "c");
        EndRoom();
        // Before it has waited long enough it answers nobody; after two seconds it does.
        Cluster.Skip(3);
        Await(() => Assert.Equal([Of("joe")], List(joe)));
        Assert.Single(A.Peered(Standup));
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);

        Cluster.SkipUntil(() => CallOf("alice").Ended is not null, "alice is given up", seconds: 4);
        Assert.Equal(CallEnd.NodeGone, CallOf("alice").End);
        Assert.InRange(C.Time.GetUtcNow() - began, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        Assert.Equal(Left(Of("alice")), joe.Read());
        Assert.Empty(A.Peered(Standup));
        Assert.Null(CallOf("joe").Ended);

        Cluster.Wire.Mend("b", "c");
        Cluster.Skip(3);
        Assert.Equal(Joined(Of("alice")), joe.Read());
        Await(() => Assert.Single(A.Peered(Standup)));
        Await(() => Assert.Single(B.Peered(Standup)));
        Await(() => Assert.Equal(
            [CallEnd.NodeGone, CallEnd.Open], Calls.Where(c => c.User == Name.Parse(Of("alice"))).OrderBy(c => c.Started).Select(c => c.End)));
        Assert.Equal([Of("alice"), Of("joe")], List(joe).Order());
    }

    [Fact]
    public async Task A_node_that_comes_forward_before_it_is_given_up_is_as_if_it_had_never_been_away()
    {
        var joe = Enter(A, "joe");
        Enter(B, "alice");
        Quiet(joe);
        Cluster.Wire.Cut("b", "c");
        EndRoom();
        // The node is given five seconds, by clocks that go on meanwhile: the way to it must not take what is left of them.
        Cluster.Skip(1);
        Cluster.Wire.Mend("b", "c");
        await Cluster.AwaitWaysAsync();
        AwaitMembers(joe, "alice", "joe");
        Cluster.Skip(10);
        ExpectNothing(joe);
        Assert.All(Calls, c => Assert.Null(c.Ended));
        Assert.Single(A.Peered(Standup));
        Assert.Single(B.Peered(Standup));
    }

    [Fact]
    public void News_of_an_earlier_life_of_the_room_mean_nothing_any_more()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        long term = Term();
        EndRoom();
        AwaitMembers(joe, "alice", "joe");
        Assert.True(Term() > term);
        // What the one before said arrives only now: alice has left, joe is to go, and bob is in.
        var old = new RoomStamp(new RoomTerm(term), 3);
        var session = new SessionId(CallOf("alice").Session);
        var port = Assert.Single(B.OpenIn(Standup));
        Assert.True(Protocol.Service.TryParse("video", out var video));
        C.Nodes.Forwarders(A.Id).Tell(new RoomNews.Left(Room, old, session, video, port, IsLast: true), ActorRefs.NoSender);
        C.Nodes.Forwarders(A.Id).Tell(new RoomNews.PutOut(Room, old with { Seq = 4 }, new SessionId(CallOf("joe").Session)), ActorRefs.NoSender);
        C.Nodes.Forwarders(A.Id).Tell(new RoomNews.Muted(Room, old with { Seq = 5 }, Name.Parse(Of("joe")), IsMuted: true), ActorRefs.NoSender);
        C.Nodes.Forwarders(A.Id).Tell(
            new RoomNews.Picture(Room, old with { Seq = 6 }, ActorRefs.Nobody, 0, 1, [], [], [], HasOwner: false), ActorRefs.NoSender);

        ExpectNothing(joe, alice);
        Assert.Single(A.Peered(Standup));
        Assert.False(Assert.Single(A.Routes(Standup)!.Ports).Muted);
        AwaitMembers(joe, "alice", "joe");
        Assert.All(Calls, c => Assert.Null(c.Ended));
    }

    [Fact]
    public void A_departure_that_an_earlier_life_of_the_room_took_note_of_is_told_the_next_one()
    {
        Enter(A, "joe");
        var alice = Enter(B, "alice");
        Cluster.Settle();
        long term = Term();
        Lose(B, C);
        alice.HangUp();
        Await(() => Assert.Empty(B.OpenIn(Standup)));
        C.Nodes.Forwarders(B.Id).Tell(
            new ForwarderCommands.LeaveTaken(Room, new RoomTerm(term - 1), new SessionId(CallOf("alice").Session), new Media.PortId(0)), ActorRefs.NoSender);
        Cluster.Settle();
        EndRoom();
        LoseNothing();
        Cluster.SkipUntil(() => CallOf("alice").Ended is not null, "the call has ended");
        Assert.Equal(CallEnd.Lost, CallOf("alice").End);
        Await(() => Assert.Empty(A.Peered(Standup)));
    }

    [Fact]
    public async Task Whoever_leaves_while_the_room_moves_is_out_once_with_what_they_sent()
    {
        B.Plane.Statistics = new(10, 1000, 20, 2000, 0, true);
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        var moving = Cluster.LeaveAsync(C);
        alice.Say($"DCON video {Standup}@example.org");
        await moving;
        Cluster.SkipUntil(() => CallOf("alice").Ended is not null, "alice's call has ended");
        Assert.Equal(Left(Of("alice")), joe.Read());
        Assert.Equal(CallEnd.Left, CallOf("alice").End);
        Assert.Equal(1000, CallOf("alice").BytesIn);
        Assert.Equal("304 video disconnected", alice.Read());
        ExpectNothing(joe);
    }

    [Fact]
    public async Task Whoever_joins_while_the_room_moves_is_in_once()
    {
        var joe = Enter(A, "joe");
        Quiet(joe);
        var moving = Cluster.LeaveAsync(C);
        var clients = new List<Client>();
        while (!moving.IsCompleted)
        {
            var client = B.Connect();
            client.Say(Video(Standup));
            clients.Add(client);
            client.Read();
        }

        await moving;
        Assert.StartsWith("303", Last(B), StringComparison.Ordinal);
        Cluster.Settle();
        int open = B.OpenIn(Standup).Count;
        Assert.True(open > 0);
        Await(() => Assert.Equal(open, A.Peered(Standup).Count));
        Await(() => Assert.Equal(open + 1, List(joe).Count(n => n.StartsWith("guest", StringComparison.Ordinal) || n == Of("joe"))));
        Await(() => Assert.Equal(open + 1, Calls.Count(c => c.Ended is null)));

        string Last(TestNode node)
        {
            var client = node.Connect();
            return client.Ask(Video(Standup));
        }
    }

    /// <summary>The number of the life the room is in.</summary>
    private long Term() => Cluster.Store.EventsOf(EntityIds.Room(Room)).Select((e, i) => (Event: e, Nr: (long)i + 1)).Last(
        e => e.Event is RoomEvent.RoomResumed || e.Nr == 1).Nr;

    /// <summary>The room's actor ends without a word, as one does whose write has failed; the next begins where it was.</summary>
    private void EndRoom()
    {
        var shard = C.Sys.ActorSelection($"/system/sharding/rooms/*/{Uri.EscapeDataString(EntityIds.Of(Room))}");
        shard.Tell(Kill.Instance, ActorRefs.NoSender);
    }

    private void AwaitMembers(Client client, params string[] names)
    {
        string[] expected = [.. names.Select(Of).Order()];
        Cluster.SkipUntil(
            () =>
            {
                int answers = client.Connection.Answers;
                client.Say($"LIST {Standup}@example.org");
                TestCluster.Until(() => client.Connection.Answers > answers, "a list");
                var lines = client.ReadAll();
                foreach (string line in lines.Where(l => l[0] is not ('2' or '5')))
                    client.Keep(line);
                return lines.Where(l => l.StartsWith("211 ", StringComparison.Ordinal) && l != "211 end").Select(l => l.Split(' ')[1]).Order().SequenceEqual(expected);
            },
            $"members {string.Join(", ", expected)}");
    }
}
