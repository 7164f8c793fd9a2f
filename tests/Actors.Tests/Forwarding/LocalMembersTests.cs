using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Forwarding;

/// <summary>Routes of a room whose members are here and elsewhere.</summary>
public sealed class LocalMembersTests
{
    private readonly LocalMembers _members = new(Room);
    private readonly RoomMirror _mirror = new();

    [Fact]
    public void Members_elsewhere_are_remote_routes_by_their_nodes_and_loops()
    {
        Here("joe", 1, Port(1));
        Elsewhere("alice", 2, node: 2, Port(7, layers: "5:100,6:200") with { Loop = 3 });
        Elsewhere("bob", 3, node: 3, Port(7, "audio"));
        var routes = Routes();

        Assert.Equal(new PortId(1), Assert.Single(routes.Ports).Port);
        Assert.Equal(2, routes.Remote.Length);
        var alice = routes.Remote[0];
        Assert.Equal((new PeerId(Node(2).Value), new PortId(7), 3, new ServiceName("video")), (alice.Peer, alice.Port, alice.Loop, alice.Service));
        Assert.Equal([new SimulcastLayer(new Ssrc(5), 100), new SimulcastLayer(new Ssrc(6), 200)], alice.Layers);
        Assert.NotEqual(alice.Participant, routes.Remote[1].Participant);
    }

    [Fact]
    public void Whoever_is_selected_is_the_same_participant_before_and_after_they_come_and_on_every_node()
    {
        Here("joe", 1, Port(1) with { Parameters = ServiceParameters.Default.With("select", "alice")! });
        var wanted = Assert.IsType<MediaSelection.Only>(Routes().Ports[0].Wants.Selection).Participant;
        Elsewhere("alice", 2, node: 2, Port(7));
        Here("alice", 3, Port(2));
        var routes = Routes();

        Assert.Equal(wanted, Assert.Single(routes.Remote).Participant);
        Assert.Equal(wanted, routes.Ports.Single(p => p.Port == new PortId(2)).Participant);
        Assert.Equal(Name.Parse("alice"), _members.NameOf(wanted));
    }

    [Fact]
    public void Who_is_here_is_no_remote_route_though_the_room_tells_of_them_too()
    {
        Here("joe", 1, Port(1));
        Elsewhere("joe", 1, node: 1, Port(1));
        // By an earlier life of this node, as a room may have it that has not heard of the next yet.
        Elsewhere("joe", 1, node: 9, Port(1));
        Assert.Empty(Routes().Remote);
    }

    [Fact]
    public void Who_is_being_put_out_sends_nothing_any_more_wherever_they_are()
    {
        Here("joe", 1, Port(1));
        Elsewhere("alice", 2, node: 2, Port(7));
        _mirror.PutOut(new SessionId(2));
        _members.PutOut(new SessionId(1));
        Assert.Empty(Routes().Remote);
        Assert.Empty(Routes().Ports);
        Assert.Null(_members.PutOut(new SessionId(1)));
    }

    [Fact]
    public void A_port_that_was_never_let_in_leaves_all_the_same_and_nobody_waits_for_it()
    {
        var (leave, holder) = _members.Remove(new ForwarderCommands.Remove(Room, Who("joe", 1, 1), Service("video"), new PortId(1), CallTotals.None, CallEnd.Lost), ActorRefs.Nobody);
        Assert.Null(holder);
        Assert.Equal([leave], _members.Leaving);
        Assert.Equal(PortStanding.Leaving, _members.StandingOf(new SessionId(1), Port(1)));
        Assert.NotNull(_members.Forget(new SessionId(1), new PortId(1)));
        Assert.True(_members.IsEmpty);
        Assert.Equal(PortStanding.Unknown, _members.StandingOf(new SessionId(1), Port(1)));
    }

    private void Here(string name, int session, JoiningPort port) => _members.Add(Who(name, session, 1), port);

    private void Elsewhere(string name, int session, int node, JoiningPort port) =>
        _mirror.Join(new RoomNews.Joined(Room, At(1), Who(name, session, node), port, IsMuted: false, HasOwner: false));

    private MediaRoutes Routes() => _members.Routes(1, Node(1), _mirror);
}
