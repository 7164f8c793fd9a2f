using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Actors.Tests.Support;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Nodes;

/// <summary>As many members as a room holds, and more than one message between nodes does.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class LargeRoomTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    private const int Frame = 1024 * 1024;

    private IActorRef? _nobody;

    /// <summary>Nobody holds their ports any more: they leave one by one.</summary>
    public override ValueTask DisposeAsync()
    {
        if (Cluster.IsWhole && _nobody is { } nobody)
        {
            B.Sys.Stop(nobody);
            Cluster.HangUpAll();
            Await(() => Assert.Equal(0, Calls.Count(c => c.Ended is null)));
        }

        return base.DisposeAsync();
    }

    [Fact]
    public void A_room_with_more_members_than_one_message_tells_is_shown_whole()
    {
        var joe = Enter(A, "joe");
        Fill(1500);
        Await(() => Assert.Equal(1500, A.Peered(Standup).Count));
        Cluster.Wire.ForgetSent();
        Enter(C, "carol");
        Await(() => Assert.Equal(1501, C.Peered(Standup).Count));
        // 1,501 ports, 200 a part: to carol's own node, without the wire.
        Assert.Equal(0, Cluster.Wire.Sent("f.picture"));
        Await(() => Assert.Equal(1502, Calls.Count));
        Quiet(joe);

        // One that missed something is shown all of it again, over the wire.
        Lose(C, A);
        Enter(B, "late");
        Cluster.Settle();
        LoseNothing();
        Enter(B, "later");
        Await(() => Assert.Equal(1503, A.Peered(Standup).Count));
        Assert.Equal(8, Cluster.Wire.Sent("f.picture", "c", "a"));
        Assert.Equal([Joined(Of("late")), Joined(Of("later"))], new[] { joe.Read(), joe.Read() }.Order());
    }

    [Fact]
    public void A_node_without_members_that_is_shown_a_large_room_has_all_of_it_when_its_first_one_comes()
    {
        Enter(A, "joe");
        Fill(999);
        Await(() => Assert.Equal(1000, A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room)).All));
        // Taken in as they are in the picture, part by part: the way they leave goes through their forwarder.
        Await(() => Assert.Equal(999, B.Metrics.Counts.Members));
        Await(() => Assert.Equal(999, B.Routes(Standup)!.Ports.Length));
    }

    [Fact]
    public void All_members_are_listed_and_described_to_other_nodes_page_by_page()
    {
        var joe = Enter(A, "joe");
        Fill(999);
        Await(() => Assert.Equal(1000, A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room)).All));
        Cluster.Wire.ForgetSent();
        Quiet(joe);
        var listed = List(joe);
        Assert.Equal(1000, listed.Count);
        Assert.Equal(1000, listed.Distinct().Count());
        Assert.Equal(3, Cluster.Wire.Sent("s.members", "c", "a"));

        joe.Ask("SETP session details on");
        Assert.Equal(1000, List(joe).Count);
        Assert.Equal(3, Cluster.Wire.Sent("r.locations", "c", "a"));

        var described = new List<MemberDetails>();
        for (int after = 0; after < 1000; after += RoomQueries.MembersPerAnswer)
            described.AddRange(A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room, after)).Members);
        Assert.Equal(listed, described.Select(m => m.Name.ToString()));
        Assert.InRange(Cluster.Wire.LargestFrame, 10_000, Frame / 2);
    }

    [Fact]
    public void A_room_of_a_thousand_that_begins_anew_has_them_all()
    {
        var joe = Enter(A, "joe");
        Fill(999);
        Await(() => Assert.Equal(999, A.Peered(Standup).Count));
        Quiet(joe);
        Cluster.Crash(C);
        Await(() => Assert.Equal(1000, A.AskRoom<RoomDetails>(new RoomQueries.Describe(Room)).All));
        Cluster.Settle();
        ExpectNothing(joe);
        Assert.Equal(999, A.Peered(Standup).Count);
        Await(() => Assert.Equal(1000, Calls.Count(c => c.Ended is null)));
        Assert.InRange(Cluster.Wire.LargestFrame, 10_000, Frame / 2);
    }

    /// <summary>Members on b, whose ports children of one actor hold, with the longest names there are, that a room is told of as one that has forgotten them.</summary>
    private void Fill(int members)
    {
        _nobody = B.Sys.ActorOf(Props.Create(() => new Nobody()));
        var (session, holders) = (_nobody, B.Ask<IActorRef[]>(_nobody, members));
        var all = Enumerable.Range(1, members).Select(i => new RegisteredMember(
            new Participant(new SessionId(i), Long(i), session, B.Id, B.Forwarders, "b"),
            [new JoiningPort(new PortId(100_000 + i), 11_000, 0, RoomMakings.Service("video"), ServiceParameters.Default, holders[i - 1])], [], IsBeingPutOut: false));
        var parts = RoomPicture.Parts(all, m => m.Ports.Length);
        for (int i = 0; i < parts.Count; i++)
        {
            B.Rooms.Tell(
                new RoomSync.Register(Room, B.Id, B.Forwarders, RoomTerm.None, [.. parts[i]], IsLast: i == parts.Count - 1, HasOwner: false),
                ActorRefs.NoSender);
        }
    }

    private static Name Long(int number)
    {
        string text = $"user-{number}-";
        return Name.Parse(text + new string('x', Name.MaxBytes - text.Length));
    }

    private sealed class Nobody : ReceiveActor
    {
        public Nobody()
        {
            Receive<int>(holders => Sender.Tell(Enumerable.Range(0, holders).Select(_ => Context.ActorOf(Props.Create(() => new Nobody()))).ToArray()));
            ReceiveAny(_ => { });
        }
    }
}
