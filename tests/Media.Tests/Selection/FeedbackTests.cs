using Conference.Media.Streams;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>RTCP: what reaches whom, how often, and what is sent again.</summary>
public sealed class FeedbackTests
{
    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly SimulatedMember _bob;
    private readonly SimulatedMember _carol;
    private readonly Vp8Source _source = new(1111, 0, 2, 2, 1, 2, 2);

    public FeedbackTests()
    {
        _alice = _room.Join();
        _bob = _room.Join();
        _carol = _room.Join();
    }

    [Fact]
    public void A_request_reaches_its_sender_only_and_a_flood_of_them_twice_a_second()
    {
        RateTests.Run(_room, _alice, _source, 1);
        int before = _alice.KeyframeRequests.Count();
        for (int i = 0; i < 1000; i++)
        {
            _bob.Send(Packets.Pli(9, 1111));
            _carol.Send(Packets.Rtcp(206, 4, 9, 0, 1111, (uint)i << 24));
            if (i % 10 == 9)
                RateTests.Run(_room, _alice, _source, 1 / 30.0);
        }

        Assert.InRange(_alice.KeyframeRequests.Count() - before, 6, 8);
        Assert.All(_alice.KeyframeRequests, ssrc => Assert.Equal(1111u, ssrc));
        Assert.Empty(_bob.Rtcp);
        Assert.Empty(_carol.Rtcp);
    }

    [Fact]
    public void A_first_request_goes_at_once_and_none_follows_a_keyframe_that_has_come()
    {
        RateTests.Run(_room, _alice, _source, 1);
        _room.Advance(1000);
        _bob.Send(Packets.Pli(9, 1111));
        int count = _alice.KeyframeRequests.Count();
        Assert.True(count >= 1);
        _carol.Send(Packets.Pli(9, 1111));
        _source.WantsKeyframe = true;
        RateTests.Run(_room, _alice, _source, 2);
        Assert.Equal(count, _alice.KeyframeRequests.Count());
    }

    [Fact]
    public void Who_joins_in_mid_stream_needs_a_keyframe_and_the_sender_is_asked_for_it()
    {
        RateTests.Run(_room, _alice, _source, 3);
        int before = _alice.KeyframeRequests.Count();
        SimulatedMember dave = _room.Join();
        RateTests.Run(_room, _alice, _source, 0.3, honoursRequests: true);
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
        Assert.Contains(RateTests.Read(dave).Frames, f => f.IsKeyframe);
    }

    [Fact]
    public void What_a_receiver_missed_it_is_sent_again_five_times_at_most()
    {
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(_room, _alice, _source, 1);
        byte[] lost = _bob.Rtp.Last();
        ushort sequence = (ushort)((lost[2] << 8) | lost[3]);
        _bob.Received.Clear();
        _carol.Received.Clear();
        for (int i = 0; i < 8; i++)
            _bob.Send(Nack(1111, sequence));
        Assert.Equal([lost, lost, lost, lost, lost], _bob.Received);
        Assert.Empty(_carol.Received);
        Assert.Equal(5, _room.Counters.NacksAnswered);
        Assert.Equal(3, _room.Counters.NacksUnanswered);

        _room.Advance(550);
        _carol.Send(Nack(1111, sequence));
        Assert.Empty(_carol.Received);
    }

    [Fact]
    public void A_thinned_receiver_names_its_own_numbers_and_gets_what_it_meant()
    {
        _bob.Want(RateTests.Rate(5));
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(_room, _alice, _source, 5);
        foreach (byte[] packet in _bob.Rtp.TakeLast(3).ToArray())
        {
            _bob.Received.Clear();
            _bob.Send(Nack(1111, (ushort)((packet[2] << 8) | packet[3])));
            Assert.Equal([packet], _bob.Received);
        }
    }

    [Fact]
    public void Random_loss_is_repaired()
    {
        var random = new Random(3);
        var sink = new Vp8Sink();
        int expected = -1;
        _bob.OnReceived = packet =>
        {
            if (packet[1] is >= 192 and <= 223 || random.NextDouble() < 0.02)
                return;
            sink.Take(packet);
            ushort sequence = (ushort)((packet[2] << 8) | packet[3]);
            for (ushort missing = (ushort)expected; expected >= 0 && (short)(sequence - missing) > 0; missing++)
                _missing.Add((_room.Now, missing));
            if (expected < 0 || (short)(sequence - expected) >= 0)
                expected = (ushort)(sequence + 1);
        };
        _bob.Send(Packets.ReceiverReport(9, 1111));
        for (int i = 0; i < 600; i++)
        {
            RateTests.Run(_room, _alice, _source, 1 / 30.0);
            foreach ((_, ushort sequence) in _missing.ToArray())
                _bob.Send(Nack(1111, sequence));
            _missing.Clear();
        }

        Assert.True(sink.Frames(3).Count(f => f.IsWhole) >= 600 * 0.98);
    }

    private readonly List<(long At, ushort Sequence)> _missing = [];

    [Fact]
    public void Nacks_for_everything_cost_a_bounded_number_of_packets()
    {
        _bob.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(_room, _alice, _source, 1);
        _bob.Received.Clear();
        uint[] everything = [.. Enumerable.Range(0, 4000).Select(i => (uint)(i * 17) << 16 | 0xFFFF)];
        for (int i = 0; i < 20; i++)
            _bob.Send(Packets.Rtcp(205, 1, [9, 1111, .. everything]));
        Assert.True(_bob.Received.Count <= NackLedger.MostPerSecond);
    }

    [Fact]
    public void Reports_pass_without_what_they_say_of_others_and_receivers_reports_end_here()
    {
        RateTests.Run(_room, _alice, _source, 1);
        _bob.Received.Clear();
        _alice.Send(Packets.SenderReport(1111, 5, 6));
        Assert.Equal([Packets.SenderReport(1111)], _bob.Received);
        _bob.Received.Clear();
        _carol.Send(Packets.ReceiverReport(77, 1111));
        _carol.Send([.. Packets.ReceiverReport(77, 1111), .. Packets.Pli(77, 1111)]);
        _carol.Send(Packets.Rtcp(205, 15, 77, 1111, 0, 0));
        Assert.Empty(_bob.Received);
        byte[] described = [.. Packets.ReceiverReport(77, 1111), .. Packets.Rtcp(202, 1, 77, 0x01016100)];
        _carol.Send(described);
        Assert.Equal([.. Packets.Rtcp(201, 0, 77), .. Packets.Rtcp(202, 1, 77, 0x01016100)], Assert.Single(_bob.Received));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(203)]
    [InlineData(204)]
    [InlineData(207)]
    public void Nobody_speaks_for_anothers_source(int type)
    {
        RateTests.Run(_room, _alice, _source, 1);
        _bob.Received.Clear();
        byte[] packet = type == 200 ? Packets.SenderReport(1111) : Packets.Rtcp((byte)type, type is 202 or 203 ? 1 : 0, 1111, 0x4E414D45, 0);
        _carol.Send(packet);
        Assert.Empty(_bob.Received);
        _alice.Send([.. packet]);
        Assert.Single(_bob.Received);
    }

    /// <summary>Found by the fuzzer.</summary>
    [Fact]
    public void What_stands_behind_feedback_and_is_no_rtcp_does_not_come_out_as_rtp()
    {
        _carol.Send([.. Packets.Pli(9, 1111), .. Packets.Rtcp(96, 0, 1, 2, 3, 4)]);
        _carol.Send([.. Packets.Pli(9, 1111), .. Packets.Rtcp(203, 0)]);
        Assert.Empty(_bob.Received);
    }

    [Fact]
    public void A_muted_member_may_still_say_what_it_misses()
    {
        RateTests.Run(_room, _alice, _source, 1);
        _bob.Muted = true;
        _room.Apply();
        _room.Advance(600);
        int before = _alice.KeyframeRequests.Count();
        _bob.Send(Packets.Pli(9, 1111));
        Assert.Equal(before + 1, _alice.KeyframeRequests.Count());
    }

    private static byte[] Nack(uint ssrc, ushort sequence) => Packets.Rtcp(205, 1, 9, ssrc, (uint)sequence << 16);
}
