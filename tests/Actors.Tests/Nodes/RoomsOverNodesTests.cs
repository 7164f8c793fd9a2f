using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes;

/// <summary>Members of one room on two nodes, and the room on a third: all is as on one.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class RoomsOverNodesTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    [Fact]
    public void Members_on_other_nodes_are_routed_to_told_of_and_listed()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Assert.Equal(Joined(Of("alice")), joe.Read());
        Await(() => Assert.Equal([B.Id.Value], A.Peered(Standup)));
        Await(() => Assert.Equal([A.Id.Value], B.Peered(Standup)));
        Assert.Equal(A.Routes(Standup)!.Ports[0].Port, B.Routes(Standup)!.Remote[0].Port);
        Assert.Equal($"211 {Of("joe")} video", alice.Ask($"LIST {Standup}@example.org"));
        Assert.Equal($"211 {Of("alice")} video", alice.Read());
        Assert.Equal("211 end", alice.Read());

        Assert.Equal("304 video disconnected", alice.Ask($"DCON video {Standup}@example.org"));
        Assert.Equal(Left(Of("alice")), joe.Read());
        Await(() => Assert.Empty(A.Peered(Standup)));
        Assert.Null(C.Routes(Standup));
        Assert.Equal(2, Calls.Count);
    }

    [Fact]
    public void A_third_node_with_its_first_member_knows_all_who_are_there()
    {
        Enter(A, "joe");
        Enter(B, "alice");
        Enter(A, "bob");
        Enter(C, "carol");
        Await(() => Assert.Equal(3, C.Peered(Standup).Count));
        Await(() => Assert.Equal(2, A.Peered(Standup).Count));
        Await(() => Assert.Equal(3, B.Peered(Standup).Count));
    }

    [Fact]
    public void Every_news_goes_once_to_every_node_with_members_and_to_no_other()
    {
        Enter(A, "joe");
        Enter(A, "bob");
        Enter(B, "alice");
        Cluster.Settle();
        Cluster.Wire.ForgetSent();
        for (int i = 0; i < 5; i++)
            Enter(A, $"more-{i}");
        Cluster.Settle();
        Assert.Equal(5, Cluster.Wire.Sent("f.joined", "c", "a"));
        Assert.Equal(5, Cluster.Wire.Sent("f.joined", "c", "b"));
        Assert.Equal(10, Cluster.Wire.Sent("f.joined"));
        Assert.Equal(0, Cluster.Wire.Sent("f.picture"));
        Assert.Equal(0, Cluster.Wire.Sent("r.catchup"));
    }

    [Fact]
    public void Words_reach_everybody_else_once_and_the_owner_of_the_room()
    {
        var owner = C.SignIn(Standup);
        var joe = Enter(A, "joe");
        var bob = Enter(A, "bob");
        var alice = Enter(B, "alice");
        Quiet(joe, bob, alice, owner);

        joe.Say("SEND chat hello");
        Assert.Equal("203 chat hello", bob.Read());
        Assert.Equal("203 chat hello", alice.Read());
        Assert.Equal("203 chat hello", owner.Read());
        ExpectNothing(joe, bob, alice, owner);
    }

    [Fact]
    public void Words_go_once_from_node_to_node_and_not_by_way_of_the_room()
    {
        var joe = Enter(A, "joe");
        var clients = Enumerable.Range(0, 3).Select(i => Enter(B, $"alice-{i}")).Append(Enter(A, "bob")).ToArray();
        Quiet([joe, .. clients]);
        Cluster.Wire.ForgetSent();
        joe.Say("SEND chat hello");
        Assert.All(clients, c => Assert.Equal("203 chat hello", c.Read()));
        Assert.Equal(1, Cluster.Wire.Sent("f.said", "a", "b"));
        Assert.Equal(1, Cluster.Wire.Sent("f.said"));
        Assert.Equal(0, Cluster.Wire.Sent("r.say"));
    }

    [Fact]
    public void Words_of_somebody_outside_reach_members_on_all_nodes()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        var guest = C.Connect();
        guest.Ask($"HELO {Standup}@example.org");
        guest.Say("SEND chat may I come in?");
        Assert.Equal("203 chat may I come in?", joe.Read());
        Assert.Equal("203 chat may I come in?", alice.Read());
    }

    [Fact]
    public void Words_go_on_while_the_rooms_owner_is_away()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        Await(() => Assert.Single(A.Peered(Standup)));
        Await(() => Assert.Single(B.Peered(Standup)));
        C.Kill();

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

        Assert.Single(A.Peered(Standup));
    }

    [Fact]
    public void A_mute_holds_on_every_node_and_for_the_members_next_port()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Assert.Equal($"110 joined {Of("alice")}@example.org", joe.Read());
        Mute("alice", isMuted: true, A);
        Assert.Equal(Muted(Of("alice")), alice.Read());
        Assert.Equal(Muted(Of("alice")), joe.Read());
        Assert.Equal("310 video on", alice.Ask("GETP video mute"));
        Await(() => Assert.True(Assert.Single(B.Routes(Standup)!.Ports).Muted));
        Await(() => Assert.True(Assert.Single(A.Routes(Standup)!.Remote).Muted));
        Assert.False(Assert.Single(A.Routes(Standup)!.Ports).Muted);
        alice.Ask($"CONN audio {Standup}@example.org");
        Assert.Equal(2, B.Routes(Standup)!.Ports.Length);
        Assert.All(B.Routes(Standup)!.Ports, p => Assert.True(p.Muted));
        Mute("alice", isMuted: false, B);
        Await(() => Assert.All(B.Routes(Standup)!.Ports, p => Assert.False(p.Muted)));
        Await(() => Assert.All(A.Routes(Standup)!.Remote, p => Assert.False(p.Muted)));
    }

    [Fact]
    public void The_first_member_on_a_node_is_told_who_is_muted()
    {
        Enter(A, "joe");
        Enter(B, "alice");
        Mute("alice", isMuted: true, A);
        var carol = SignIn(C, "carol");
        Assert.Equal("310 session on", carol.Ask("SETP session events on"));
        Assert.Equal(Muted(Of("alice")), carol.Ask(Video(Standup)));
        Assert.StartsWith("303 video", carol.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_records_is_told_on_every_node_and_to_who_comes_later()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        Assert.Equal("310 session on", joe.Ask("SETP session recording on"));
        Assert.Equal(Recording(Of("joe")), alice.Read());
        Await(() => Assert.Equal([Of("joe")], Recorders()));
        var carol = EnterRecorded(C, "carol", "joe");
        Quiet(joe, alice);

        // A second service of his is no news, nor is losing one of two.
        joe.Ask($"CONN audio {Standup}@example.org");
        joe.Ask($"DCON video {Standup}@example.org");
        ExpectNothing(alice, carol);
        Assert.Equal("310 session off", joe.Ask("SETP session recording off"));
        Assert.Equal([Recorded(Of("joe")), Recorded(Of("joe"))], new[] { alice.Read(), carol.Read() });
        Await(() => Assert.Empty(Recorders()));
        ExpectNothing(joe, alice, carol);
    }

    [Fact]
    public void Who_records_and_leaves_has_ended_its_recording()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        joe.Ask("SETP session recording on");
        Assert.Equal(Recording(Of("joe")), alice.Read());
        joe.Ask("QUIT");
        Assert.Equal([Left(Of("joe")), Recorded(Of("joe"))], [alice.Read(), alice.Read()]);
        ExpectNothing(alice);
    }

    [Fact]
    public void Whoever_is_put_out_is_out_on_every_node()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        Assert.Equal(RoomChange.Done, A.AskRoom<RoomAnswer>(new RoomCommands.PutOut(Room, Name.Parse(Of("alice")), CommandId.New())).Change);
        foreach (var client in (Client[])[alice, joe])
            Assert.Equal([PutOut(Of("alice")), Left(Of("alice"))], [client.Read(), client.Read()]);
        Await(() => Assert.Empty(A.Peered(Standup)));
        Assert.Empty(B.OpenIn(Standup));
        Assert.Equal(CallEnd.PutOut, CallOf("alice").End);
    }

    [Fact]
    public void Layers_that_change_change_on_every_node()
    {
        Enter(A, "joe");
        var alice = Enter(B, "alice");
        Assert.Equal("310 video 7:100,8:200", alice.Ask("SETP video layers 7:100,8:200"));
        Await(() => Assert.Equal(
            [new SimulcastLayer(new Ssrc(7), 100), new SimulcastLayer(new Ssrc(8), 200)], Assert.Single(A.Routes(Standup)!.Remote).Layers));
        Enter(C, "carol");
        Await(() => Assert.Equal(2, C.Routes(Standup)!.Remote.Single(r => r.Peer.Value == B.Id.Value).Layers.Length));
    }

    [Fact]
    public void Who_mutes_itself_is_known_to_on_every_node()
    {
        Enter(A, "joe");
        var alice = Enter(B, "alice");
        Assert.Equal("310 video on", alice.Ask("SETP video mute on"));
        Await(() => Assert.True(Assert.Single(A.Routes(Standup)!.Remote).Muted));
        Assert.Equal("310 video off", alice.Ask("SETP video mute off"));
        Await(() => Assert.False(Assert.Single(A.Routes(Standup)!.Remote).Muted));
    }

    [Fact]
    public void A_user_who_is_selected_is_heard_from_whichever_node_they_come()
    {
        var joe = Enter(A, "joe");
        joe.Ask($"SETP video select {Of("alice")}");
        var alice = Enter(B, "alice");
        Assert.Equal(Joined(Of("alice")), joe.Read());
        Await(() => Assert.Single(A.Routes(Standup)!.Remote));
        var wanted = Assert.IsType<MediaSelection.Only>(Assert.Single(A.Routes(Standup)!.Ports).Wants.Selection).Participant;
        Assert.Equal(wanted, Assert.Single(A.Routes(Standup)!.Remote).Participant);

        // What the plane of each node makes of voices from elsewhere is told by the names here.
        A.Plane.Happen(new MediaEvent.SpeakerChanged(new RoomId(Standup), A.Routes(Standup)!.Remote[0].Port, wanted));
        Assert.Equal($"113 speaker {Of("alice")}@example.org", joe.Read());
        ExpectNothing(alice);
    }

    [Fact]
    public void A_node_that_hears_no_voices_is_told_who_speaks()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        joe.Ask($"CONN audio {Standup}@example.org");
        Quiet(joe, alice);
        var voice = Assert.Single(A.Plane.Open, p => p.Value.Room.Value == Standup && p.Value.Service == new ServiceName("audio")).Key;
        var participant = A.Routes(Standup)!.Ports[0].Participant;
        string spoke = $"113 speaker {Of("joe")}@example.org";

        A.Plane.Happen(new MediaEvent.SpeakerChanged(new RoomId(Standup), voice, participant));
        Assert.Equal(spoke, alice.Read());
        Await(() => Assert.Equal(B.Routes(Standup)!.Remote[0].Participant, B.Routes(Standup)!.Speaker));
        var remote = B.Routes(Standup)!.Remote[0].Participant;

        // Who comes later is told as well; who hears for itself is not.
        Enter(C, "carol");
        Await(() => Assert.NotNull(C.Routes(Standup)!.Speaker));
        Quiet(alice);
        alice.Ask($"CONN audio {Standup}@example.org");
        B.Plane.Happen(new MediaEvent.SpeakerChanged(new RoomId(Standup), voice, remote));
        Assert.Equal(spoke, alice.Read());
        A.Plane.Happen(new MediaEvent.SpeakerChanged(new RoomId(Standup), voice, participant));
        ExpectNothing(alice);
    }

    [Fact]
    public void Details_are_told_of_members_on_every_node_that_answers_in_time()
    {
        A.Plane.Sources = [Source(1)];
        B.Plane.Sources = [Source(2)];
        var joe = Enter(A, "joe");
        Enter(B, "alice");
        joe.Ask("SETP session details on");
        Quiet(joe);
        Assert.Equal($"211 {Of("joe")} video", joe.Ask($"LIST {Standup}@example.org"));
        Assert.StartsWith($"212 {Of("joe")} video ssrc=1 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal($"211 {Of("alice")} video", joe.Read());
        Assert.StartsWith($"212 {Of("alice")} video ssrc=2 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal("211 end", joe.Read());

        Cluster.Wire.Cut("a", "b");
        Assert.Equal($"211 {Of("joe")} video", joe.Ask($"LIST {Standup}@example.org"));
        Assert.StartsWith($"212 {Of("joe")} video ssrc=1 ", joe.Read(), StringComparison.Ordinal);
        Assert.Equal($"211 {Of("alice")} video", joe.Read());
        Assert.Equal("211 end", joe.Read());
    }

    [Fact]
    public void Guests_of_different_nodes_have_different_names()
    {
        Client[] guests = [A.Connect(), A.Connect(), B.Connect(), C.Connect()];
        foreach (var guest in guests)
            Assert.StartsWith("303 audio", guest.Ask($"CONN audio {Standup}@example.org"), StringComparison.Ordinal);
        string[] names = [.. List(guests[0])];
        Assert.Equal(4, names.Distinct().Count());
        // The number of the node's life is what tells them apart.
        Assert.Equal(3, names.Select(n => long.Parse(n["guest-".Length..], null) / 1_000_000_000).Distinct().Count());
    }

    private IEnumerable<string> Recorders() => A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room)).Members.Where(m => m.IsRecording).Select(m => m.Name.ToString());

    private void Mute(string name, bool isMuted, TestNode from) => Assert.Equal(
        RoomChange.Done, from.AskRoom<RoomAnswer>(new RoomCommands.Mute(Room, Name.Parse(Of(name)), isMuted, CommandId.New())).Change);

    private static SourceStatistics Source(uint ssrc) => new(new Ssrc(ssrc), "VP8", 900, 1000, 1, TimeSpan.FromMilliseconds(2), 500, 30, 3, 1);
}
