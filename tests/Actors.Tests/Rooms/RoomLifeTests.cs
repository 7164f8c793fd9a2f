using Akka.Actor;
using Akka.TestKit;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging.Abstractions;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Rooms;

/// <summary>A room among nodes that are probes, from its first word to its last: 1 is this node, 2 and 3 are others.</summary>
public sealed class RoomLifeTests : IAsyncLifetime
{
    private static readonly string _id = EntityIds.Room(RoomMakings.Room);

    private readonly Support.Conference _conference = new();
    private readonly TestProbe[] _forwarders = new TestProbe[4];
    private FakeClusterNodes _nodes = null!;
    private TestProbe _shard = null!;

    public async ValueTask InitializeAsync()
    {
        await _conference.InitializeAsync();
        _shard = _conference.CreateTestProbe();
        _nodes = new FakeClusterNodes(Node(1));
        _nodes.Add("b", 2);
        _nodes.Add("c", 3);
        for (int node = 1; node <= 3; node++)
        {
            _forwarders[node] = _conference.CreateTestProbe();
            _nodes.ForwardersOf[Node(node)] = _forwarders[node].Ref;
        }
    }

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_life_stores_something_before_its_first_word_to_a_node_and_is_known_by_its_number()
    {
        var stored = new TaskCompletionSource();
        _conference.Journal.Hold = _ => stored.Task;
        var room = Begin();
        room.Tell(Join("joe", 1, node: 2), ActorRefs.NoSender);
        _conference.AwaitIdle();
        Assert.False(_forwarders[2].HasMessages);
        stored.SetResult();
        Assert.Equal(At(0, term: 1), _forwarders[2].ExpectMsg<RoomNews.Picture>().Stamp);
        Assert.Equal(At(1, term: 1), _forwarders[2].ExpectMsg<RoomNews.Joined>().Stamp);
        Assert.Equal(["re.started"], Kinds());
    }

    [Fact]
    public void A_room_that_only_answers_and_knows_nobody_stores_that_it_is_there_and_says_so()
    {
        var room = Begin();
        room.Tell(new RoomSync.CatchUp(RoomMakings.Room, Node(2), _forwarders[2].Ref, At(4)), ActorRefs.NoSender);
        Assert.Equal(At(0, term: 1), _forwarders[2].ExpectMsg<RoomNews.Resumed>().Stamp);
        Assert.Equal(["re.resumed"], Kinds());

        // Questions alone are answered without.
        Assert.Equal(0, _conference.Journal.CountOf(EntityIds.Room(Name.Parse("other"))));
    }

    [Fact]
    public void A_room_with_open_calls_asks_every_node_and_answers_nobody_before_all_have_said_who_is_there()
    {
        Given(Call("joe", 1), Call("alice", 2));
        var room = Begin();
        var asker = _conference.CreateTestProbe();
        room.Tell(new RoomQueries.ListMembers(RoomMakings.Room), asker.Ref);
        for (int node = 1; node <= 3; node++)
            Assert.Equal(Term(3), _forwarders[node].ExpectMsg<RoomNews.Resumed>().Stamp.Term);
        room.Tell(Register(2, 3, Who("joe", 1, 2)), ActorRefs.NoSender);
        room.Tell(Register(1, 3), ActorRefs.NoSender);
        _conference.AwaitIdle();
        Assert.False(asker.HasMessages);
        room.Tell(Register(3, 3, Who("alice", 2, 3)), ActorRefs.NoSender);
        Assert.Equal(["joe", "alice"], asker.ExpectMsg<SessionOutcome.Members>().All.Select(m => m.Name.ToString()));

        // Both nodes see the whole, and nobody's call was touched.
        foreach (int node in (int[])[2, 3])
            Assert.Equal(2, _forwarders[node].FishForMessage<RoomNews.Picture>(_ => true).Members.Length);
        Assert.All(_conference.Calls, c => Assert.Null(c.Ended));
        Assert.False(_forwarders[1].HasMessages);
    }

    [Fact]
    public void What_a_node_said_before_this_life_asked_counts_and_is_not_all()
    {
        Given(Call("joe", 1));
        var room = Begin();
        var asker = _conference.CreateTestProbe();
        room.Tell(new RoomQueries.Find(RoomMakings.Room), asker.Ref);
        foreach (int node in (int[])[1, 3])
            room.Tell(Register(node, 2), ActorRefs.NoSender);
        room.Tell(Register(2, 0, Who("joe", 1, 2)), ActorRefs.NoSender);
        _conference.AwaitIdle();
        Assert.False(asker.HasMessages);
        room.Tell(Register(2, 2, Who("joe", 1, 2)), ActorRefs.NoSender);
        Assert.True(asker.ExpectMsg<RoomPresence>().IsOpen);
    }

    [Fact]
    public void A_node_that_says_nothing_is_waited_for_two_seconds_and_its_calls_five()
    {
        Given(Call("joe", 1), Call("alice", 2));
        var room = Begin();
        var asker = _conference.CreateTestProbe();
        room.Tell(new RoomQueries.ListMembers(RoomMakings.Room), asker.Ref);
        room.Tell(Register(1, 3), ActorRefs.NoSender);
        room.Tell(Register(2, 3, Who("joe", 1, 2)), ActorRefs.NoSender);
        _conference.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(asker.HasMessages);
        _conference.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Single(asker.ExpectMsg<SessionOutcome.Members>().All);
        // Whoever is known to be there is still, for the others.
        Assert.Equal([Node(3)], _forwarders[2].FishForMessage<RoomNews.Picture>(_ => true).Unheard);
        Assert.All(_conference.Calls, c => Assert.Null(c.Ended));

        _conference.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([CallEnd.Open, CallEnd.NodeGone], _conference.Calls.Select(c => c.End));
        Assert.Empty(_forwarders[2].FishForMessage<RoomNews.Picture>(p => p.Unheard.IsEmpty).Unheard);

        // It lives after all: its member is in, with a record of its own.
        room.Tell(Register(3, 3, Who("alice", 2, 3)), ActorRefs.NoSender);
        Assert.Equal("alice", _forwarders[2].FishForMessage<RoomNews.Joined>(_ => true).Who.Name.ToString());
        Assert.Equal([CallEnd.Open, CallEnd.NodeGone, CallEnd.Open], _conference.Calls.Select(c => c.End));
    }

    [Fact]
    public void Recordings_are_stored_as_members_say_so_and_end_with_their_calls()
    {
        var room = Begin();
        room.Tell(Join("joe", 1, node: 2), ActorRefs.NoSender);
        foreach (bool isRecording in (bool[])[true, true, false, true])
            room.Tell(new RoomSync.Reconfigure(RoomMakings.Room, new SessionId(1), new PortId(1), new PortSending(false, SimulcastLayers.None, isRecording)), ActorRefs.NoSender);
        room.Tell(new RoomCommands.Join(RoomMakings.Room, On(Who("ann", 2, 3)), Recording(2)), ActorRefs.NoSender);
        Assert.Equal(["re.started", "re.recording", "re.recorded", "re.recording", "re.started", "re.recording"], Kinds());

        // Ann's node is gone, and joe's call ends by itself.
        End(3);
        Assert.Equal(["re.recorded", "re.ended"], Kinds().Skip(6));
        room.Tell(
            new RoomSync.Leave(RoomMakings.Room, new SessionId(1), Service("video"), new PortId(1), CallTotals.None, CallEnd.Left, _forwarders[2].Ref),
            ActorRefs.NoSender);
        Assert.Equal(["re.recorded", "re.ended"], Kinds().Skip(8));
    }

    [Fact]
    public void A_new_life_goes_on_with_recordings_and_ends_those_that_are_over()
    {
        var (joe, alice) = (Call("joe", 1), Call("alice", 2));
        Given(joe, alice, new RoomEvent.RecordingBegan(joe.Call, DateTimeOffset.UnixEpoch), new RoomEvent.RecordingBegan(alice.Call, DateTimeOffset.UnixEpoch));
        var room = Begin();
        var asker = _conference.CreateTestProbe();
        room.Tell(new RoomQueries.ListMembers(RoomMakings.Room), asker.Ref);
        room.Tell(Register(1, 5), ActorRefs.NoSender);
        room.Tell(
            new RoomSync.Register(
                RoomMakings.Room, Node(2), _forwarders[2].Ref, Term(5), [new RegisteredMember(On(Who("joe", 1, 2)), [Recording(1)], [], IsBeingPutOut: false)], IsLast: true,
                HasOwner: false),
            ActorRefs.NoSender);
        room.Tell(Register(3, 5, Who("alice", 2, 3)), ActorRefs.NoSender);
        asker.ExpectMsg<SessionOutcome.Members>();
        Assert.Equal(["re.resumed", "re.recorded"], Kinds().Skip(4));
    }

    private static JoiningPort Recording(int port) => Port(port) with { Parameters = ServiceParameters.Default with { Recording = true } };

    [Fact]
    public void A_node_that_ends_while_it_is_waited_for_is_waited_for_no_longer()
    {
        Given(Call("joe", 1));
        var room = Begin();
        var asker = _conference.CreateTestProbe();
        room.Tell(new RoomQueries.ListMembers(RoomMakings.Room), asker.Ref);
        room.Tell(Register(1, 2), ActorRefs.NoSender);
        room.Tell(Register(2, 2), ActorRefs.NoSender);
        _conference.AwaitIdle();
        End(3);
        Assert.Empty(asker.ExpectMsg<SessionOutcome.Members>().All);
        Assert.Equal(CallEnd.NodeGone, Assert.Single(_conference.Calls).End);
    }

    [Fact]
    public void Members_of_a_node_that_ends_are_out_however_many_they_are_and_the_others_are_told()
    {
        var room = Begin();
        room.Tell(Join("joe", 1, node: 2), ActorRefs.NoSender);
        for (int i = 2; i <= 121; i++)
            room.Tell(Join($"user-{i}", i, node: 3), ActorRefs.NoSender);
        _conference.AwaitIdle();
        Assert.Equal(121, _conference.Metrics.Rooms.Largest);
        End(3);
        for (int i = 2; i <= 121; i++)
            Assert.True(_forwarders[2].FishForMessage<RoomNews.Left>(_ => true).IsLast);
        _conference.AwaitIdle();
        Assert.Equal(1, _conference.Metrics.Rooms.Largest);
        Assert.Equal(120, _conference.Calls.Count(c => c.End == CallEnd.NodeGone));
        Assert.Single(_conference.Calls, c => c.Ended is null);
    }

    [Fact]
    public void A_node_that_is_said_to_have_ended_and_is_a_member_still_loses_nobody_before_it_is_none()
    {
        var room = Begin();
        room.Tell(Join("joe", 1, node: 2), ActorRefs.NoSender);
        room.Tell(Join("alice", 2, node: 3), ActorRefs.NoSender);
        _conference.AwaitIdle();
        _conference.Sys.Stop(_forwarders[3].Ref);
        _conference.Advance(TimeSpan.FromSeconds(10));
        Assert.All(_conference.Calls, c => Assert.Null(c.Ended));
        _nodes.Remove(_nodes.Find(Node(3))!);
        _conference.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CallEnd.NodeGone, _conference.Calls[1].End);
        Assert.Equal(new SessionId(2), _forwarders[2].FishForMessage<RoomNews.Left>(_ => true).Who);
    }

    [Fact]
    public void A_twin_of_a_room_whose_number_is_taken_says_nothing_to_any_node()
    {
        Given(Call("joe", 1));
        var stored = new TaskCompletionSource();
        _conference.Journal.Hold = _ => stored.Task;
        var room = Begin();
        var watcher = _conference.CreateTestProbe();
        watcher.Watch(room);
        _conference.AwaitIdle();
        // The owner elsewhere was first.
        Given(new RoomEvent.RoomResumed(DateTimeOffset.UnixEpoch));
        stored.SetResult();
        watcher.ExpectTerminated(room);
        Assert.All(_forwarders.Skip(1), f => Assert.False(f.HasMessages));
        Assert.Equal(["re.started", "re.resumed"], Kinds());
    }

    [Fact]
    public void Every_life_has_a_higher_number_than_the_one_before()
    {
        var terms = new List<RoomTerm>();
        for (int life = 0; life < 3; life++)
        {
            var room = Begin();
            room.Tell(new RoomSync.CatchUp(RoomMakings.Room, Node(2), _forwarders[2].Ref, default), ActorRefs.NoSender);
            terms.Add(_forwarders[2].ExpectMsg<RoomNews.Resumed>().Stamp.Term);
            var watcher = _conference.CreateTestProbe();
            watcher.Watch(room);
            room.Tell(StopEntity.Instance, ActorRefs.NoSender);
            watcher.ExpectTerminated(room);
        }

        Assert.Equal([Term(1), Term(2), Term(3)], terms);
    }

    [Fact]
    public void A_node_that_is_behind_is_shown_the_picture_and_one_that_is_not_is_left_alone()
    {
        var room = Begin();
        room.Tell(Join("joe", 1, node: 2), ActorRefs.NoSender);
        room.Tell(Join("alice", 2, node: 2), ActorRefs.NoSender);
        Assert.Equal(At(2, term: 1), _forwarders[2].FishForMessage<RoomNews.Joined>(j => j.Stamp.Seq == 2).Stamp);
        CatchUp(room, At(2, term: 1));
        Assert.False(_forwarders[2].HasMessages);
        CatchUp(room, At(1, term: 1));
        Assert.Equal(2, _forwarders[2].ExpectMsg<RoomNews.Picture>().Members.Length);
        CatchUp(room, At(2, term: 0));
        _forwarders[2].ExpectMsg<RoomNews.Resumed>();
    }

    private static RoomEvent.CallStarted Call(string user, long session) =>
        new(Guid.NewGuid(), Name.Parse(user), session, "test", DateTimeOffset.UnixEpoch);

    /// <summary>A node is no member any more, and its forwarders have ended.</summary>
    private void End(int node)
    {
        _nodes.Remove(_nodes.Find(Node(node))!);
        _conference.Sys.Stop(_forwarders[node].Ref);
    }

    private IActorRef Begin() => _shard.ChildActorOf(RoomActor.Props(
        RoomMakings.Room, new RoomOptions(MaxMembers: 1000), new EntityContext(_conference.Guard, AlwaysWell.Instance, _nodes, _conference.Metrics, NullLogger.Instance)));

    private RoomCommands.Join Join(string name, int session, int node) =>
        new(RoomMakings.Room, On(Who(name, session, node)), Port(session));

    private RoomSync.Register Register(int node, long known, params Participant[] members) => new(
        RoomMakings.Room, Node(node), _forwarders[node].Ref, new RoomTerm(known),
        [.. members.Select(m => new RegisteredMember(On(m), [Port((int)m.Id.Value)], [], IsBeingPutOut: false))], IsLast: true, HasOwner: false);

    private Participant On(Participant who) => who with { Node = _nodes.ForwardersOf[who.On] };

    private void CatchUp(IActorRef room, RoomStamp heard)
    {
        room.Tell(new RoomSync.CatchUp(RoomMakings.Room, Node(2), _forwarders[2].Ref, heard), ActorRefs.NoSender);
        _conference.AwaitIdle();
    }

    private void Given(params RoomEvent[] events) => _conference.Journal.Given(_conference.Sys, _id, events);

    private IReadOnlyList<string> Kinds()
    {
        _conference.AwaitIdle();
        return _conference.Journal.KindsOf(_id, _conference.Sys);
    }
}
