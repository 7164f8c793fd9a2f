using Conference.Media.Forwarding;
using Conference.Media.Tests.Selection;
using Conference.Media.Tests.Support;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>A room over several nodes in virtual time: who hears whom, by how many datagrams between the nodes, under which numbers.</summary>
public sealed class TrunkRoomTests
{
    private readonly SimulatedCluster _cluster = new(3);

    [Fact]
    public void Everyone_hears_everyone_once_and_each_node_is_sent_one_copy()
    {
        SimulatedMember[] members = [.. Enumerable.Range(0, 30).Select(i => _cluster.Join(i % 3))];
        foreach (SimulatedMember member in members)
            member.Send(Words($"from {member.Participant.Value}"));
        foreach (SimulatedMember member in members)
        {
            Assert.Equal(
                members.Where(m => m != member).Select(m => $"from {m.Participant.Value}").Order(),
                member.Received.Select(System.Text.Encoding.ASCII.GetString).Order());
        }

        Assert.Equal(30 * 2, _cluster.Sent.Count);
        Assert.Equal(members.Sum(m => 2 * ($"from {m.Participant.Value}".Length + TrunkDatagram.Overhead)), _cluster.Sent.Sum(s => s.Datagram.Length));
    }

    [Fact]
    public void A_node_without_a_port_of_the_service_is_sent_nothing_of_it()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        _cluster.Join(2, "audio");
        alice.Send(Words("hello"));
        Assert.Single(_cluster.Sent);
        Assert.Single(bob.Received);
        _cluster.Leave(bob);
        alice.Send(Words("hello"));
        Assert.Single(_cluster.Sent);
    }

    [Fact]
    public void What_comes_from_a_node_goes_to_members_here_and_to_no_other_node()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember[] others = [_cluster.Join(1), _cluster.Join(2)];
        alice.Send(Words("hello"));
        Assert.All(_cluster.Sent, s => Assert.Same(_cluster[0], s.From));
        Assert.All(others, o => Assert.Single(o.Received));
    }

    [Fact]
    public void A_muted_member_is_sent_to_nobody_and_what_was_on_its_way_is_dropped()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        alice.Muted = true;
        _cluster[1].Room.Remote = [.. _cluster[1].Room.Remote.Select(r => r with { Muted = true })];
        _cluster[1].Room.Apply();
        alice.Send(Words("on its way"));
        Assert.Single(_cluster.Sent);
        Assert.Empty(bob.Received);
        _cluster.Apply();
        alice.Send(Words("muted"));
        Assert.Single(_cluster.Sent);
        alice.Muted = false;
        _cluster.Apply();
        alice.Send(Words("heard"));
        Assert.Equal("heard"u8, Assert.Single(bob.Received));
    }

    [Fact]
    public void Sources_that_collide_across_nodes_are_kept_apart_on_each()
    {
        SimulatedMember[] members = [_cluster.Join(0), _cluster.Join(1), _cluster.Join(1), _cluster.Join(2)];
        for (ushort sequence = 1; sequence < 20; sequence++)
        {
            foreach (SimulatedMember member in members)
                member.Send(Packets.Rtp(7, sequence));
        }

        foreach (SimulatedMember member in members)
        {
            member.Received.Clear();
            foreach (SimulatedMember other in members.Where(m => m != member))
                other.Send(Packets.Rtp(7, 20));
            uint[] seen = [.. member.Received.Select(Packets.SsrcOf)];
            Assert.Equal(3, seen.Distinct().Count());
            Assert.DoesNotContain(7u, seen);
        }
    }

    [Fact]
    public void A_trunk_carries_the_senders_own_numbers_whatever_its_node_shows()
    {
        SimulatedMember twin = _cluster.Join(0);
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember near = _cluster.Join(0);
        for (ushort sequence = 1; sequence < 5; sequence++)
        {
            twin.Send(Packets.Rtp(9, sequence));
            alice.Send(Packets.Rtp(9, sequence));
        }

        _cluster.Leave(twin);
        SimulatedMember far = _cluster.Join(1);
        near.Received.Clear();
        for (ushort sequence = 5; sequence < 10; sequence++)
            alice.Send(Packets.Rtp(9, sequence));
        alice.Send(Packets.SenderReport(9));
        uint shown = Packets.SsrcOf(near.Received[0]);
        Assert.NotEqual(9u, shown);
        Assert.All(near.Received[..^1], p => Assert.Equal(shown, Packets.SsrcOf(p)));
        Assert.Equal(shown, Packets.Word(near.Received[^1], 1));
        Assert.All(far.Received[..^1], p => Assert.Equal(9u, Packets.SsrcOf(p)));
        Assert.Equal(Packets.SenderReport(9), far.Received[^1]);
    }

    [Fact]
    public void Sender_reports_travel_with_the_media_and_what_receivers_report_ends_at_their_node()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        var source = new Vp8Source(1111);
        RateTests.Run(_cluster[0].Room, alice, source, 1);
        bob.Received.Clear();
        alice.Send(Packets.SenderReport(1111, 5));
        Assert.Equal(Packets.SenderReport(1111), Assert.Single(bob.Received));
        _cluster.Sent.Clear();
        bob.Send(Packets.ReceiverReport(9, 1111));
        bob.Send(Packets.Rtcp(206, 15, 9, 0, 0x52454D42, (1u << 24) | (2u << 18) | 75_000, 1111));
        Assert.Empty(_cluster.Sent);
    }

    [Fact]
    public void Who_left_is_forgotten_and_its_numbers_are_free_again()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        for (ushort sequence = 1; sequence < 5; sequence++)
            alice.Send(Packets.Rtp(7, sequence));
        _cluster.Leave(alice);
        SimulatedMember carol = _cluster.Join(2);
        bob.Received.Clear();
        for (ushort sequence = 1; sequence < 5; sequence++)
            carol.Send(Packets.Rtp(7, sequence));
        Assert.All(bob.Received, p => Assert.Equal(7u, Packets.SsrcOf(p)));
        Assert.Equal(4, bob.Received.Count);
    }

    [Fact]
    public void What_no_route_names_is_dropped_and_counted()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        _cluster[1].Room.Remote = [];
        _cluster[1].Room.Apply();
        alice.Send(Words("hello"));
        Assert.Empty(bob.Received);
        Assert.Equal(1, _cluster[1].Drops(TrunkDropReason.NoRoute));
    }

    [Fact]
    public void Without_a_trunk_nothing_is_sent_and_that_is_counted()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember near = _cluster.Join(0);
        _cluster.Join(1);
        _cluster[0].Table.Close(_cluster[1].Id);
        alice.Send(Words("hello"));
        Assert.Single(near.Received);
        Assert.Empty(_cluster.Sent);
        Assert.Equal(1, _cluster[0].Drops(TrunkDropReason.NoTrunk));
        _cluster[1].OfferTo(_cluster[0]);
        alice.Send(Words("hello"));
        Assert.Single(_cluster.Sent);
    }

    [Fact]
    public void What_comes_twice_or_was_changed_on_its_way_is_dropped_and_counted()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        _cluster.Path = (_, _, datagram) => [datagram, [.. datagram], [.. datagram[..^1], (byte)(datagram[^1] ^ 1)], datagram[..20]];
        alice.Send(Words("hello"));
        Assert.Single(bob.Received);
        SimulatedNode node = _cluster[1];
        Assert.Equal(
            (1, 1, 1),
            (node.Drops(TrunkDropReason.Replayed), node.Drops(TrunkDropReason.Forged), node.Drops(TrunkDropReason.Malformed)));
        _cluster.Path = (_, _, datagram) => [[(byte)~datagram[0], .. datagram[1..]]];
        alice.Send(Words("hello"));
        Assert.Equal(2, node.Drops(TrunkDropReason.UnknownPeer) + node.Drops(TrunkDropReason.Forged));
    }

    [Fact]
    public void One_peer_cannot_speak_for_another()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember mallory = _cluster.Join(2);
        SimulatedMember bob = _cluster.Join(1);
        alice.Send(Words("hello"));
        // The index of alice's node on what another has sealed.
        byte[] index = _cluster.Sent.First(s => s.To == _cluster[1]).Datagram[..2];
        _cluster.Path = (_, to, datagram) => to == _cluster[1] ? [[.. index, .. datagram[2..]]] : [];
        mallory.Send(Words("it is me"));
        Assert.Single(bob.Received);
        Assert.Equal(1, _cluster[1].Drops(TrunkDropReason.Forged));
    }

    [Fact]
    public void A_new_key_under_traffic_loses_nothing_though_datagrams_overtake_each_other()
    {
        SimulatedMember alice = _cluster.Join(0);
        SimulatedMember bob = _cluster.Join(1);
        var random = new Random(5);
        List<byte[]> held = [];
        _cluster.Path = (_, _, datagram) =>
        {
            held.Add(datagram);
            if (held.Count < 20)
                return [];
            byte[][] passing = [.. held];
            held.Clear();
            random.Shuffle(passing);
            return passing;
        };
        for (int i = 0; i < 1000; i++)
        {
            if (i % 50 == 37)
                _cluster[1].OfferTo(_cluster[0]);
            alice.Send(Words($"{i}"));
        }

        Assert.Equal(1000, bob.Received.Select(System.Text.Encoding.ASCII.GetString).Distinct().Count());
        Assert.All(Enum.GetValues<TrunkDropReason>(), r => Assert.Equal(0, _cluster[1].Drops(r)));
    }

    [Fact]
    public void Forwarding_to_other_nodes_allocates_nothing()
    {
        var quiet = new SelectionRoom(new VirtualClock(), _cluster[0].Table, new QuietEnd(_cluster[0].Table));
        SimulatedMember sender = quiet.Join();
        quiet.Join();
        quiet.Remote = [new RemoteRoute(_cluster[1].Id, new PortId(1), 0, new ServiceName("video"), new ParticipantId(50))];
        quiet.Apply();
        Assert.InRange(quiet.AllocatedBy(sender, Packets.Rtp(1111, 1, new string('x', 1000)), 5000), 0, 1000);
    }

    [Fact]
    public void Forwarding_what_comes_from_other_nodes_allocates_nothing()
    {
        SimulatedMember alice = _cluster.Join(0);
        _cluster.Join(1);
        _cluster.Join(1);
        TrunkPort remote = _cluster[1].Table.Use(_cluster[0].Id).Ports[TrunkDatagram.LabelOf(alice.Port.Id)];
        Assert.InRange(_cluster[1].Room.AllocatedByArrival(remote, Packets.Rtp(1111, 1, new string('x', 1000)), 5000), 0, 1000);
    }

    private static byte[] Words(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private sealed class QuietEnd(TrunkTable table) : TrunkEnd(table, 0)
    {
        protected override void Transmit(TrunkAddress to, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally) => tally.Datagrams += run.Length;
    }
}
