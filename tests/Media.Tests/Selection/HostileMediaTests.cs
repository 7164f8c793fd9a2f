using System.Buffers.Binary;
using Conference.Media.Rtp;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>Bad input: nothing throws, nobody else's picture suffers, and nothing grows without bound.</summary>
public sealed class HostileMediaTests
{
    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly SimulatedMember _bob;
    private readonly SimulatedMember _mallory;
    private readonly Vp8Source _source = new(1111, 0, 2, 2, 1, 2, 2);

    public HostileMediaTests()
    {
        _alice = _room.Join();
        _bob = _room.Join(wants: RateTests.Rate(10));
        _mallory = _room.Join();
    }

    [Fact]
    public void A_thousand_sources_of_one_port_are_thirty_two_and_counted()
    {
        for (uint ssrc = 1; ssrc <= 1000; ssrc++)
        {
            for (ushort i = 0; i < 3; i++)
                _mallory.Send(Packets.Rtp(5000 + ssrc, i));
        }

        Assert.Equal(PortSources.Capacity, _mallory.Port.Sources.Count);
        Assert.Equal(3 * (1000 - 32), _room.Counters.SourcesRefused);
        Assert.True(_bob.Port.Tracks!.Snapshot.Length <= 32);
        StillSees();
    }

    [Fact]
    public void Every_truncation_and_lie_in_every_header_is_harmless()
    {
        byte[] extended = [0xB2, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0x15, 0xB3, 0, 0, 0, 1, 0, 0, 0, 2, 0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0, 0x90, 0xE0, 0x80, 1, 2, 3, 0x20, 0x11, 0, 2];
        byte[][] seeds =
        [
            extended,
            [.. Packets.SenderReport(1111, 1, 2, 3), .. Packets.Rtcp(202, 2, 7, 0x01046A6F, 0x65000000, 8, 0)],
            Packets.Rtcp(205, 1, 9, 1111, 0x0001FFFF, 0x8000FFFF),
            Packets.Rtcp(206, 4, 9, 0, 1111, 0x01000000),
            Packets.Rtcp(206, 15, 9, 0, 0x52454D42, 0xFF03FFFF, 1111),
            Packets.Rtcp(207, 0, 9, 0x05000003, 1111, 2, 3),
        ];
        foreach (byte[] seed in seeds)
        {
            for (int length = 0; length <= seed.Length; length++)
            {
                for (int lie = 0; lie < 256; lie += 17)
                {
                    byte[] datagram = seed[..length];
                    if (length > 0)
                        datagram[lie % length] = (byte)lie;
                    _mallory.Send(datagram);
                }
            }
        }

        StillSees();
    }

    [Theory]
    [InlineData(0x80, 96)]
    [InlineData(0xB0, 102)]
    [InlineData(0x80, 200)]
    [InlineData(0x81, 205)]
    [InlineData(0x90, 111)]
    public void The_largest_datagrams_are_harmless(byte first, byte second)
    {
        byte[] datagram = new byte[65_507];
        new Random(2).NextBytes(datagram);
        (datagram[0], datagram[1]) = (first, second);
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), second is 200 or 205 ? (ushort)16_375 : (ushort)i);
            _mallory.Send(datagram);
        }

        StillSees();
    }

    [Fact]
    public void Numbers_that_jump_everywhere_are_harmless()
    {
        _mallory.Wants = RateTests.Rate(10);
        _room.Apply();
        var random = new Random(31);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] packet = new Vp8Source(7, 0, 1) { Sequence = (ushort)random.Next(65536), Timestamp = (uint)random.NextInt64(1L << 32) }.Next()[0];
            _mallory.Send(packet);
            _room.Advance(random.NextDouble() * 5);
        }

        StillSees();
    }

    /// <summary>Found by the fuzzer.</summary>
    [Fact]
    public void Timestamps_half_the_range_apart_are_harmless()
    {
        for (uint i = 0; i < 4; i++)
        {
            byte[] packet = Packets.Rtp(7, (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), i % 2 << 31);
            _mallory.Send(packet);
        }
    }

    [Fact]
    public void Rtcp_that_names_others_streams_does_them_no_harm()
    {
        RateTests.Run(_room, _alice, _source, 1);
        var random = new Random(37);
        for (int i = 0; i < 5_000; i++)
        {
            byte type = (byte)random.Next(192, 224);
            uint[] words = [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => random.Next(3) == 0 ? 1111u : (uint)random.Next())];
            _mallory.Send(Packets.Rtcp(type, random.Next(32), words));
        }

        StillSees();
    }

    [Fact]
    public void A_thousand_nacks_and_requests_do_not_multiply()
    {
        _mallory.Send(Packets.ReceiverReport(9, 1111));
        RateTests.Run(_room, _alice, _source, 1);
        int asked = _alice.KeyframeRequests.Count();
        _mallory.Received.Clear();
        for (int i = 0; i < 1000; i++)
        {
            _mallory.Send(Packets.Pli(1, 1111));
            _mallory.Send(Packets.Rtcp(205, 1, 9, 1111, (uint)i << 16 | 0xFFFF));
        }

        Assert.True(_alice.KeyframeRequests.Count() <= asked + 1);
        Assert.True(_mallory.Received.Count <= 512);
        StillSees();
    }

    private void StillSees()
    {
        _bob.Received.Clear();
        // A single packet keeps a number to itself for a second.
        _room.Advance(1000);
        RateTests.Run(_room, _alice, _source, 5);
        byte[][] seen = [.. _bob.Rtp.Where(p => Packets.SsrcOf(p) == 1111)];
        var sink = new Vp8Sink();
        foreach (byte[] packet in seen)
            sink.Take(packet);
        Assert.Equal(0, sink.Missing);
        Assert.InRange(sink.Frames(3).Count(f => f.IsWhole), 40, 80);
    }
}
