using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Members of one room on two nodes, and the room on a third: all is as on one.</summary>
public sealed class RoomsOverNodesTests : ThreeNodes
{
    [Fact]
    public void Members_on_other_nodes_are_routed_to_told_of_and_listed()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Cluster.AwaitIdle();

        Assert.Equal([B.Node.Id.Value], A.Peers());
        Assert.Equal([A.Node.Id.Value], B.Peers());
        Assert.Equal(A.Routes().Ports[0].Port, B.Routes().Remote[0].Port);
        Assert.Equal("211 joe video", alice.Ask("LIST standup@example.org"));
        Assert.Equal("211 alice video", alice.Read());
        Assert.Equal("211 end", alice.Read());

        Assert.Equal("304 video disconnected", alice.Ask("DCON video standup@example.org"));
        Assert.Equal("111 left alice@example.org", joe.Read());
        Cluster.AwaitIdle();
        Assert.Empty(A.Peers());
        Assert.Empty(C.Plane.Applied);
        Assert.Equal(2, Cluster.Calls.Count);
    }

    [Fact]
    public void A_third_node_with_its_first_member_knows_all_who_are_there()
    {
        A.Enter("joe");
        B.Enter("alice");
        A.Enter("bob");
        C.Enter("carol");
        Cluster.AwaitIdle();
        Assert.Equal(3, C.Routes().Remote.Length);
        Assert.Equal(2, A.Routes().Remote.Length);
        Assert.Equal(3, B.Routes().Remote.Length);
    }

    [Fact]
    public void Words_reach_everybody_else_once_and_the_owner_of_theRoom()
    {
        var owner = C.SignIn("standup");
        var joe = A.Enter("joe");
        Assert.Equal("204 carol", Cluster.Join("d").Connect().Ask("AUTH ANONYMOUS carol"));
        var bob = A.Enter("bob");
        var alice = B.Enter("alice");
        Quiet(joe, bob, owner);

        joe.Say("SEND chat hello");
        Assert.Equal("203 chat hello", bob.Read());
        Assert.Equal("203 chat hello", alice.Read());
        Assert.Equal("203 chat hello", owner.Read());
        ExpectNothing(joe, bob, alice, owner);
    }

    [Fact]
    public void Words_of_somebody_outside_reach_members_on_all_nodes()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        var guest = C.Connect();
        guest.Ask("HELO standup@example.org");
        guest.Say("SEND chat may I come in?");
        Assert.Equal("203 chat may I come in?", joe.Read());
        Assert.Equal("203 chat may I come in?", alice.Read());
    }

    [Fact]
    public void Words_go_on_while_theRooms_owner_is_away()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        Cluster.Kill(C);

        for (int i = 0; i < 100; i++)
        {
            joe.Say($"SEND chat {i}");
            alice.Say($"SEND chat {i}");
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal($"203 chat {i}", alice.Read());
            Assert.Equal($"203 chat {i}", joe.Read());
        }

        Assert.Single(A.Peers());
    }

    [Fact]
    public void A_mute_holds_on_every_node_and_for_the_members_next_port()
    {
        A.Enter("joe");
        var alice = B.Enter("alice");
        A.Ask<SessionOutcome.Done>(A.Actors.Rooms, new RoomCommands.Mute(Room, Name.Parse("alice"), IsMuted: true, CommandId.New()));
        Cluster.AwaitIdle();
        Assert.True(Assert.Single(B.Routes().Ports).Muted);
        Assert.False(Assert.Single(A.Routes().Ports).Muted);
        Assert.True(Assert.Single(A.Routes().Remote).Muted);
        alice.Ask("CONN audio standup@example.org");
        Assert.All(B.Routes().Ports, p => Assert.True(p.Muted));
        B.Ask<SessionOutcome.Done>(B.Actors.Rooms, new RoomCommands.Mute(Room, Name.Parse("alice"), IsMuted: false, CommandId.New()));
        Cluster.AwaitIdle();
        Assert.All(B.Routes().Ports, p => Assert.False(p.Muted));
    }

    [Fact]
    public void Whoever_is_put_out_is_out_on_every_node()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe);
        A.Ask<SessionOutcome.Done>(A.Actors.Rooms, new RoomCommands.PutOut(Room, Name.Parse("alice"), CommandId.New()));
        Assert.Equal("111 left alice@example.org", alice.Read());
        Assert.Equal("111 left alice@example.org", joe.Read());
        Cluster.AwaitIdle();
        Assert.Empty(A.Peers());
        Assert.Empty(B.Plane.Open);
        Assert.Equal(CallEnd.PutOut, CallOf("alice").End);
    }

    [Fact]
    public void Layers_that_change_change_on_every_node()
    {
        A.Enter("joe");
        var alice = B.Enter("alice");
        Assert.Equal("310 video 7:100,8:200", alice.Ask("SETP video layers 7:100,8:200"));
        Cluster.AwaitIdle();
        Assert.Equal([new SimulcastLayer(new Ssrc(7), 100), new SimulcastLayer(new Ssrc(8), 200)], Assert.Single(A.Routes().Remote).Layers);
        C.Enter("carol");
        Cluster.AwaitIdle();
        Assert.Equal(2, C.Routes().Remote.Single(r => r.Peer.Value == B.Node.Id.Value).Layers.Length);
    }

    [Fact]
    public void Who_mutes_itself_is_known_to_on_every_node()
    {
        A.Enter("joe");
        var alice = B.Enter("alice");
        Assert.Equal("310 video on", alice.Ask("SETP video mute on"));
        Cluster.AwaitIdle();
        Assert.True(Assert.Single(A.Routes().Remote).Muted);
        Assert.Equal("310 video off", alice.Ask("SETP video mute off"));
        Cluster.AwaitIdle();
        Assert.False(Assert.Single(A.Routes().Remote).Muted);
    }

    [Fact]
    public void Layers_whose_news_was_lost_are_told_again()
    {
        A.Enter("joe");
        var alice = B.Enter("alice");
        Lose(B, C);
        Assert.Equal("310 video 7:100,8:200", alice.Ask("SETP video layers 7:100,8:200"));
        Cluster.AwaitIdle();
        Assert.Empty(Assert.Single(A.Routes().Remote).Layers);
        LoseNothing();
        Cluster.Advance(2);
        Assert.Equal(2, Assert.Single(A.Routes().Remote).Layers.Length);
    }

    [Fact]
    public void A_user_who_is_selected_is_heard_from_whichever_node_they_come()
    {
        var joe = A.Enter("joe");
        joe.Ask("SETP video select alice");
        var alice = B.Enter("alice");
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Cluster.AwaitIdle();
        var wanted = Assert.IsType<MediaSelection.Only>(Assert.Single(A.Routes().Ports).Wants.Selection).Participant;
        Assert.Equal(wanted, Assert.Single(A.Routes().Remote).Participant);

        // What the plane of each node makes of voices from elsewhere is told by the names here.
        A.Plane.Happen(new MediaEvent.SpeakerChanged(A.Routes().Room, A.Routes().Remote[0].Port, wanted));
        Assert.Equal("113 speaker alice@example.org", joe.Read());
        ExpectNothing(alice);
    }

    [Fact]
    public void A_node_that_hears_no_voices_is_told_who_speaks()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        joe.Ask("CONN audio standup@example.org");
        alice.Ask("SETP session events on");
        Quiet(joe, alice);
        var voice = Assert.Single(A.Plane.Open, p => p.Value.Service == new ServiceName("audio")).Key;
        var participant = A.Routes().Ports[0].Participant;

        A.Plane.Happen(new MediaEvent.SpeakerChanged(A.Routes().Room, voice, participant));
        Assert.Equal("113 speaker joe@example.org", alice.Read());
        Cluster.AwaitIdle();
        var remote = B.Routes().Remote[0].Participant;
        Assert.Equal(remote, B.Routes().Speaker);

        // Who comes later is told as well; who hears for itself is not.
        C.Enter("carol");
        Cluster.AwaitIdle();
        Assert.NotNull(C.Routes().Speaker);
        Quiet(alice);
        alice.Ask("CONN audio standup@example.org");
        B.Plane.Happen(new MediaEvent.SpeakerChanged(B.Routes().Room, voice, remote));
        Assert.Equal("113 speaker joe@example.org", alice.Read());
        A.Plane.Happen(new MediaEvent.SpeakerChanged(A.Routes().Room, voice, participant));
        ExpectNothing(alice);
    }

    [Fact]
    public void Details_are_told_of_members_on_every_node_that_answers_in_time()
    {
        A.Plane.Sources = [Source(1)];
        B.Plane.Sources = [Source(2)];
        var joe = A.Enter("joe");
        B.Enter("alice");
        joe.Ask("SETP session details on");
        Quiet(joe);
        Assert.Equal("211 joe video", joe.Ask("LIST standup@example.org"));
        Assert.StartsWith("212 joe video ssrc=1 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("211 alice video", joe.Read());
        Assert.StartsWith("212 alice video ssrc=2 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("211 end", joe.Read());

        Cluster.Cut(A, B);
        int answers = joe.Connection.Answers;
        joe.Say("LIST standup@example.org");
        Cluster.Until(() => joe.Connection.Answers > answers, "a list", seconds: 2);
        Assert.Equal("211 joe video", joe.Read());
        Assert.StartsWith("212 joe video ssrc=1 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("211 alice video", joe.Read());
        Assert.Equal("211 end", joe.Read());
    }

    [Fact]
    public void ARoom_with_more_members_than_one_message_tells_is_shown_whole()
    {
        var joe = A.Enter("joe");
        var sessions = B.Node.CreateTestProbe();
        var port = new JoiningPort(new PortId(1), 1, 0, RoomMakings.Service("video"), ServiceParameters.Default, sessions.Ref);
        foreach (var half in Enumerable.Range(1, 1500).Chunk(750))
        {
            var members = half.Select(i => new RegisteredMember(
                new Participant(new SessionId(i), Name.Parse($"user-{i}"), sessions.Ref, B.Node.Id, B.Actors.Forwarders, "b"),
                [port with { Port = new PortId(i) }], [], IsBeingPutOut: false));
            B.Actors.Rooms.Tell(
                new RoomCommands.Register(Room, B.Node.Id, B.Actors.Forwarders, RoomTerm.None, [.. members], IsLast: half[0] > 1, HasOwner: false),
                ActorRefs.NoSender);
        }

        Cluster.AwaitIdle();
        Assert.Equal(1500, A.Routes().Remote.Length);
        C.Enter("carol");
        Cluster.AwaitIdle();
        Assert.Equal(1501, C.Routes().Remote.Length);
        Assert.Equal(1502, Cluster.Calls.Count);
        Quiet(joe);
    }

    private static SourceStatistics Source(uint ssrc) => new(new Ssrc(ssrc), "VP8", 900, 1000, 1, TimeSpan.FromMilliseconds(2), 500, 30, 3, 1);
}
