using System.Buffers.Binary;
using Conference.Media.Streams;
using Conference.Media.Tests.Selection;
using Conference.Media.Tests.Support;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>What receivers ask of senders on other nodes, and what becomes of streams on the way.</summary>
public sealed class TrunkFeedbackTests
{
    private readonly SimulatedCluster _cluster = new(3);
    private readonly SimulatedMember _alice;
    private readonly SimulatedMember _bob;
    private readonly SimulatedMember _carol;
    private readonly Vp8Source _source = new(1111, 0, 2, 2, 1, 2, 2);

    public TrunkFeedbackTests()
    {
        _alice = _cluster.Join(0);
        _bob = _cluster.Join(1);
        _carol = _cluster.Join(1);
    }

    private SelectionRoom Near => _cluster[0].Room;

    [Fact]
    public void A_request_reaches_the_sender_on_its_node_and_a_flood_of_them_twice_a_second()
    {
        RateTests.Run(Near, _alice, _source, 1);
        int before = _alice.KeyframeRequests.Count();
        _cluster.Sent.Clear();
        for (int i = 0; i < 1000; i++)
        {
            _bob.Send(Packets.Pli(9, 1111));
            _carol.Send(Packets.Rtcp(206, 4, 9, 0, 1111, (uint)i << 24));
            if (i % 10 == 9)
                RateTests.Run(Near, _alice, _source, 1 / 30.0);
        }

        Assert.InRange(_alice.KeyframeRequests.Count() - before, 6, 8);
        Assert.All(_alice.KeyframeRequests, ssrc => Assert.Equal(1111u, ssrc));
        Assert.InRange(_cluster.Sent.Count(s => s.From == _cluster[1]), 6, 8);
    }

    [Fact]
    public void A_node_that_comes_in_mid_stream_needs_a_keyframe_and_the_sender_is_asked_for_it()
    {
        RateTests.Run(Near, _alice, _source, 3);
        int before = _alice.KeyframeRequests.Count();
        SimulatedMember dave = _cluster.Join(2);
        RateTests.Run(Near, _alice, _source, 0.3, honoursRequests: true);
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
        Assert.Contains(RateTests.Read(dave).Frames, f => f.IsKeyframe);
    }

    [Fact]
    public void A_stream_whose_beginning_was_lost_between_nodes_is_asked_for_another()
    {
        int lost = 0;
        _cluster.Path = (_, _, datagram) => ++lost <= 20 ? [] : [datagram];
        RateTests.Run(Near, _alice, _source, 3, honoursRequests: true);
        Assert.Single(_alice.KeyframeRequests);
        Assert.Contains(RateTests.Read(_bob).Frames, f => f.IsKeyframe);
    }

    [Fact]
    public void While_there_is_no_trunk_no_sender_is_asked_and_then_each_is()
    {
        _cluster[0].Table.Close(_cluster[1].Id);
        RateTests.Run(Near, _alice, _source, 2);
        Assert.Empty(_alice.KeyframeRequests);
        _cluster[1].OfferTo(_cluster[0]);
        RateTests.Run(Near, _alice, _source, 0.3, honoursRequests: true);
        Assert.Single(_alice.KeyframeRequests);
        Assert.Contains(RateTests.Read(_bob).Frames, f => f.IsKeyframe);
    }

    [Fact]
    public void Who_joins_a_node_that_is_in_has_its_sender_asked_too()
    {
        RateTests.Run(Near, _alice, _source, 3);
        int before = _alice.KeyframeRequests.Count();
        SimulatedMember dave = _cluster.Join(1);
        RateTests.Run(Near, _alice, _source, 0.3, honoursRequests: true);
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
        Assert.Contains(RateTests.Read(dave).Frames, f => f.IsKeyframe);
    }

    [Fact]
    public void Requests_name_what_the_sender_calls_itself_though_both_nodes_call_it_otherwise()
    {
        SimulatedMember twin = _cluster.Join(0);
        SimulatedMember far = _cluster.Join(1);
        for (ushort sequence = 1; sequence < 5; sequence++)
        {
            twin.Send(Packets.Rtp(1111, sequence));
            far.Send(Packets.Rtp(1111, sequence));
        }

        RateTests.Run(Near, _alice, _source, 2);
        uint shown = Packets.SsrcOf(_bob.Rtp.Last());
        Assert.NotEqual(1111u, shown);
        int before = _alice.KeyframeRequests.Count();
        _bob.Send(Packets.Pli(9, shown));
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
        Assert.Equal(1111u, _alice.KeyframeRequests.Last());
        Assert.Empty(twin.KeyframeRequests);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void What_is_lost_between_nodes_is_asked_for_once_for_all_and_sent_again_to_that_node_only(int seed)
    {
        SimulatedMember dave = _cluster.Join(2);
        var random = new Random(seed);
        _cluster.Path = (_, to, datagram) => to == _cluster[1] && random.NextDouble() < 0.02 ? [] : [datagram];
        Repairing[] receivers = [new(_bob), new(_carol)];
        receivers[0].Report(1111);
        receivers[1].Report(1111);
        int toDave = 0;
        for (int i = 0; i < 600; i++)
        {
            RateTests.Run(Near, _alice, _source, 1 / 30.0);
            foreach (Repairing receiver in receivers)
                receiver.AskFor(1111);
        }

        foreach (Repairing receiver in receivers)
        {
            Assert.True(receiver.Sink.Frames(3).Count(f => f.IsWhole) >= 600 * 0.99);
            Assert.Equal(0, receiver.Sink.Duplicates);
        }

        toDave = dave.Rtp.Count();
        Assert.Equal(1800, toDave);
        // About two in a hundred of 1,800, and of those sent again: not once for each receiver.
        int asked = _cluster.Sent.Count(s => s.From == _cluster[1]);
        Assert.InRange(asked, 10, 60);
        Assert.InRange(_cluster.Sent.Count(s => s.From == _cluster[0] && s.To == _cluster[1]), 1800, 1870);
    }

    [Fact]
    public void Receivers_who_ask_together_make_one_question_and_another_after_a_while_and_no_third()
    {
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(Near, _alice, _source, 1);
        byte[] next = _source.Next()[0];
        _cluster.Path = (_, _, _) => [];
        _alice.Send(next);
        _cluster.Sent.Clear();
        for (int i = 0; i < 5; i++)
        {
            _bob.Send(Nack(1111, next));
            _carol.Send(Nack(1111, next));
            Assert.Equal(Math.Min(i + 1, 2), _cluster.Sent.Count);
            Near.Advance(50);
        }
    }

    [Fact]
    public void A_node_that_comes_in_has_only_senders_asked_that_are_where_it_is_sent_from()
    {
        RateTests.Run(Near, _alice, _source, 2);
        _bob.Send("something"u8.ToArray());
        _cluster.Join(2);
        Near.Advance(1000);
        _cluster.Sent.Clear();
        _bob.Send("something"u8.ToArray());
        Assert.Equal([_cluster[0], _cluster[2]], _cluster.Sent.Select(s => s.To));
        Assert.All(_cluster.Sent, s => Assert.Equal("something".Length + TrunkDatagram.Overhead, s.Datagram.Length));
    }

    [Fact]
    public void What_is_lost_between_a_receiver_and_its_node_costs_the_other_nodes_nothing()
    {
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(Near, _alice, _source, 1);
        _cluster.Sent.Clear();
        byte[] lost = _bob.Rtp.Last();
        _bob.Received.Clear();
        _bob.Send(Nack(1111, lost));
        Assert.Equal([lost], _bob.Received);
        Assert.Empty(_cluster.Sent);
    }

    [Fact]
    public void Nacks_for_everything_cost_a_bounded_number_of_packets_between_nodes()
    {
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(Near, _alice, _source, 1);
        _bob.Send(Packets.Pli(9, 1111));
        _cluster.Sent.Clear();
        uint[] everything = [.. Enumerable.Range(0, 4000).Select(i => (uint)(i * 17) << 16 | 0xFFFF)];
        for (int i = 0; i < 20; i++)
        {
            _bob.Send(Packets.Rtcp(205, 1, [9, 1111, .. everything]));
            _carol.Send(Packets.Rtcp(205, 1, [9, 1111, .. everything]));
        }

        Assert.True(_cluster.Sent.Count(s => s.From == _cluster[1]) <= 20);
        Assert.True(_cluster.Sent.Count(s => s.From == _cluster[0]) <= NackLedger.MostPerSecond);
    }

    [Fact]
    public void A_node_speaks_for_its_receivers_about_the_port_it_names_and_no_other()
    {
        SimulatedMember other = _cluster.Join(0);
        RateTests.Run(Near, _alice, _source, 1);
        int before = _alice.KeyframeRequests.Count();
        // In the name of node 1, to the owner of another port, about a source that is not its own.
        var forged = new TrunkOutletProbe(_cluster[1], _cluster[0], other);
        forged.Send(Packets.Pli(9, 1111));
        Assert.Equal(before, _alice.KeyframeRequests.Count());
        new TrunkOutletProbe(_cluster[1], _cluster[0], _alice).Send(Packets.Pli(9, 1111));
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
    }

    [Fact]
    public void Feedback_that_is_no_rtcp_or_from_a_node_that_has_no_part_in_the_room_is_dropped()
    {
        new TrunkOutletProbe(_cluster[1], _cluster[0], _alice).Send("no RTCP at all"u8);
        Assert.Equal(1, _cluster[0].Drops(TrunkDropReason.Malformed));
        new TrunkOutletProbe(_cluster[2], _cluster[0], _alice).Send(Packets.Pli(9, 1111));
        Assert.Equal(1, _cluster[0].Drops(TrunkDropReason.NoRoute));
    }

    [Fact]
    public void A_receiver_gets_its_rate_of_a_sender_on_another_node()
    {
        _bob.Want(RateTests.Rate(10));
        RateTests.Run(Near, _alice, _source, 5);
        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = RateTests.Read(_bob);
        Assert.Equal(0, sink.Missing);
        Assert.InRange(frames.Count, 45, 60);
        Assert.Equal(150, RateTests.Read(_carol).Frames.Count);
    }

    [Theory]
    [InlineData(0, 560)]
    [InlineData(50, 180)]
    [InlineData(100, 50)]
    public void A_receiver_gets_its_layer_of_a_sender_on_another_node(int compression, int payload)
    {
        // One with the same numbers, so that the layers are shown under others on each node.
        SimulatedMember twin = _cluster.Join(0);
        for (ushort sequence = 1; sequence < 5; sequence++)
            twin.Send(Packets.Rtp(2222, sequence));
        (uint, int)[] layers = [(1111, 150), (2222, 500), (3333, 1500)];
        SimulatedMember dave = _cluster.Join(0, layers: layers);
        Vp8Source[] sources = [Source(1111, 50), Source(2222, 180), Source(3333, 560)];
        _bob.Want(new MediaPreferences(MediaSelection.All, Compression: compression));
        int asked = 0;
        _bob.Received.Clear();
        for (int frame = 0; frame < 90; frame++)
        {
            uint[] requests = [.. dave.KeyframeRequests];
            foreach (Vp8Source source in sources)
            {
                source.WantsKeyframe |= requests.Skip(asked).Contains(SsrcOf(source));
                dave.Send(source.Next());
            }

            asked = requests.Length;
            Near.Advance(33);
        }

        Assert.Single(_bob.Rtp.Select(Packets.SsrcOf).Distinct());
        Assert.Equal(payload + 38, _bob.Rtp.Last().Length);
        (Vp8Sink sink, _) = RateTests.Read(_bob);
        Assert.Equal(0, sink.Missing);

        static Vp8Source Source(uint ssrc, int bytes) => new(ssrc) { PayloadBytes = bytes };
        static uint SsrcOf(Vp8Source source) => source.PayloadBytes switch { 50 => 1111, 180 => 2222, _ => 3333 };
    }

    [Fact]
    public void Every_node_knows_who_speaks()
    {
        SimulatedMember[] voices = [_cluster.Join(0, "audio"), _cluster.Join(1, "audio"), _cluster.Join(2, "audio")];
        ushort sequence = 0;
        foreach (int speaker in new[] { 0, 2, 1 })
        {
            for (int i = 0; i < 100; i++)
            {
                for (int v = 0; v < voices.Length; v++)
                    voices[v].Send(Voice((uint)(500 + v), sequence, v == speaker ? 20 : 90));
                sequence++;
                Near.Advance(20);
            }

            foreach (SimulatedNode node in _cluster.Nodes)
            {
                Assert.Equal(
                    [voices[speaker].Participant],
                    node.Room.Events().OfType<MediaEvent.SpeakerChanged>().Select(e => e.Participant));
            }
        }
    }

    private static byte[] Voice(uint ssrc, ushort sequence, int level)
    {
        byte[] packet = new byte[20 + 40];
        packet[0] = 0x90;
        packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), sequence * 960u);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        (packet[12], packet[13], packet[15]) = (0xBE, 0xDE, 1);
        (packet[16], packet[17]) = (0x10, (byte)level);
        return packet;
    }

    private static byte[] Nack(uint ssrc, byte[] packet) =>
        Packets.Rtcp(205, 1, 9, ssrc, (uint)BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)) << 16);

    /// <summary>Sends feedback as a node does, about whatever port the test says.</summary>
    private sealed class TrunkOutletProbe(SimulatedNode from, SimulatedNode to, SimulatedMember about)
    {
        public void Send(ReadOnlySpan<byte> rtcp)
        {
            SendingKey key = from.Table.Use(to.Id).SendingKeyOf(0)!;
            byte[] into = new byte[rtcp.Length + TrunkDatagram.Overhead];
            Assert.True(key.TrySeal(0, TrunkDatagram.LabelOf(about.Port.Id), isFeedback: true, rtcp, into));
            to.Room.Receive(into);
        }
    }

    /// <summary>A receiver that asks for what is missing before what has come.</summary>
    private sealed class Repairing
    {
        private readonly SimulatedMember _member;
        private readonly List<ushort> _missing = [];
        private int _expected = -1;

        public Repairing(SimulatedMember member)
        {
            _member = member;
            member.OnReceived = Take;
        }

        public Vp8Sink Sink { get; } = new();

        public void Report(uint ssrc)
        {
            _member.Send(Packets.ReceiverReport(9, ssrc));
            _member.Send(Packets.Pli(9, ssrc));
        }

        public void AskFor(uint ssrc)
        {
            foreach (ushort sequence in _missing.ToArray())
                _member.Send(Packets.Rtcp(205, 1, 9, ssrc, (uint)sequence << 16));
        }

        private void Take(byte[] packet)
        {
            if (packet[1] is >= 192 and <= 223)
                return;
            Sink.Take(packet);
            ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
            _missing.Remove(sequence);
            for (ushort missing = (ushort)_expected; _expected >= 0 && (short)(sequence - missing) > 0; missing++)
                _missing.Add(missing);
            if (_expected < 0 || (short)(sequence - _expected) >= 0)
                _expected = (ushort)(sequence + 1);
        }
    }
}
