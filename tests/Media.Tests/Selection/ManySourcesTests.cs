using System.Buffers.Binary;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>Numbers and places of sources, as receivers see them.</summary>
public sealed class ManySourcesTests
{
    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly SimulatedMember _bob;

    public ManySourcesTests()
    {
        _alice = _room.Join();
        _bob = _room.Join(wants: RateTests.Rate(10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_camera_that_is_toggled_a_hundred_times_is_a_source_like_any_other(bool saysGoodbye)
    {
        _bob.Send(Packets.ReceiverReport(9, 1000));
        for (uint i = 0; i < 100; i++)
        {
            RateTests.Run(_room, _alice, new Vp8Source(1000 + i, 0, 2, 2, 1, 2, 2), 0.5);
            if (saysGoodbye)
                _alice.Send(Packets.Rtcp(203, 1, 1000 + i));
            else
                _room.Advance(1000);
        }

        Assert.Equal(0, _room.Counters.SourcesRefused);
        Assert.True(_bob.Port.Tracks!.Snapshot.Length <= Media.Rtp.PortSources.Capacity);
        if (saysGoodbye)
        {
            Assert.Empty(_alice.Port.Sources.Streams());
            Assert.Equal(100, _bob.Rtcp.Count(p => p[1] == 203));
        }

        // What came of those that are gone is not forgotten.
        Assert.Equal(100 * 44, _alice.Port.Sources.CountReceived().Packets);
        // Thinned, told of, asked for keyframes, sent again.
        var source = new Vp8Source(7777, 0, 2, 2, 1, 2, 2);
        RateTests.Run(_room, _alice, source, 3);
        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(_bob, 7777);
        Assert.Equal(0, sink.Missing);
        Assert.InRange(frames.Count, 28, 45);
        Assert.Contains(_alice.Port.Sources.Streams(), s => s.Shown == 7777);
        _bob.Send(Packets.Pli(9, 7777));
        Assert.Contains(7777u, _alice.KeyframeRequests);
        int before = _bob.Received.Count;
        ushort last = BinaryPrimitives.ReadUInt16BigEndian(_bob.Rtp.Last(p => Packets.SsrcOf(p) == 7777).AsSpan(2));
        _bob.Send(Packets.Rtcp(205, 1, 9, 7777, (uint)last << 16));
        Assert.Equal(before + 1, _bob.Received.Count);
    }

    [Fact]
    public void A_source_that_goes_on_after_its_goodbye_is_there_again()
    {
        var source = new Vp8Source(1111);
        RateTests.Run(_room, _alice, source, 1);
        _alice.Send(Packets.Rtcp(203, 1, 1111));
        Assert.Empty(_alice.Port.Sources.Streams());
        RateTests.Run(_room, _alice, source, 0.1);
        Assert.Single(_alice.Port.Sources.Streams());
    }

    /// <summary>The first packet of each is the head of a keyframe: it is everybody's beginning.</summary>
    [Fact]
    public void Two_that_begin_at_the_same_moment_are_two_pictures_from_their_first_packets_on()
    {
        SimulatedMember carol = _room.Join();
        SimulatedMember dave = _room.Join();
        var one = new Vp8Source(1111);
        var other = new Vp8Source(1111) { Sequence = 65_503, PayloadBytes = 200 };
        for (int frame = 0; frame < 20; frame++)
        {
            foreach ((byte[] first, byte[] second) in one.Next().Zip(other.Next()))
            {
                _alice.Send(first);
                dave.Send(second);
            }

            _room.Advance(33.333);
        }

        ILookup<uint, byte[]> seen = carol.Rtp.ToLookup(Packets.SsrcOf);
        Assert.Equal(2, seen.Count);
        Assert.All(seen, source => Assert.Equal((60, 1), (source.Count(), source.Select(p => p.Length).Distinct().Count())));
        // Each of the two sees the other under a number that is not their own.
        Assert.All(dave.Rtp.Skip(1), p => Assert.NotEqual(1111u, Packets.SsrcOf(p)));
        Assert.DoesNotContain(_alice.Rtp, p => Packets.SsrcOf(p) == 1111);
    }

    [Fact]
    public void A_source_for_which_there_is_no_place_is_not_mixed_with_anothers()
    {
        SimulatedMember carol = _room.Join();
        RateTests.Run(_room, carol, new Vp8Source(5000), 0.2);
        for (uint i = 0; i < Media.Rtp.PortSources.Capacity; i++)
            RateTests.Run(_room, _alice, new Vp8Source(1000 + i), 0.1);
        var extra = new Vp8Source(5000) { PayloadBytes = 300 };
        List<byte[]> sent = RateTests.Run(_room, _alice, extra, 1);
        Assert.Equal(sent.Count, _room.Counters.SourcesRefused);
        int length = sent[0].Length;
        uint shown = Assert.Single(_bob.Rtp.Where(p => p.Length == length).Select(Packets.SsrcOf).Distinct());
        Assert.NotEqual(5000u, shown);
        Assert.Equal(sent.Count, _bob.Rtp.Count(p => p.Length == length));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_source_without_a_place()
    {
        for (uint i = 0; i < Media.Rtp.PortSources.Capacity; i++)
            RateTests.Run(_room, _alice, new Vp8Source(1000 + i), 0.1);
        long refused = _room.Counters.SourcesRefused;
        SimulatedMember dave = _room.Join();
        dave.Send(Packets.Rtp(5000, 1));
        // Virtual time stands still for the others, which stay alive.
        byte[] packet = Packets.Rtp(5000, 1);
        Span<byte> datagram = stackalloc byte[packet.Length];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            packet.CopyTo(datagram);
            _alice.Port.Service.Sources.Inspect(_alice.Port.Sources, datagram, null, _room.Now, out _, out int place);
            if (place >= 0)
                break;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(refused + 1000, _alice.Port.Service.Sources.Refused);
    }

    /// <summary>Simulcast in a codec that nobody here knows.</summary>
    [Fact]
    public void Layers_of_an_unknown_codec_are_not_nothing()
    {
        SimulatedMember erin = _room.Join(layers: [(1, 100), (2, 500)]);
        for (ushort i = 0; i < 150; i++)
        {
            erin.Send(Packets.Rtp(1, i, "low", 120));
            erin.Send(Packets.Rtp(2, i, "high", 120));
            _room.Advance(33.333);
        }

        Assert.InRange(_bob.Rtp.Count(), 80, 151);
    }

    private static (Vp8Sink Sink, List<Vp8Sink.Frame> Frames) Read(SimulatedMember member, uint ssrc)
    {
        var sink = new Vp8Sink();
        foreach (byte[] packet in member.Rtp.Where(p => Packets.SsrcOf(p) == ssrc))
            sink.Take(packet);
        return (sink, sink.Frames(3));
    }
}
