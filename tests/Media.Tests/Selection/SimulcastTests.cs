using System.Buffers.Binary;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Selection;

/// <summary>One picture in three qualities: each receiver sees one of them at a time, as one source.</summary>
public sealed class SimulcastTests
{
    private static readonly (uint, int)[] _layers = [(1111, 150), (2222, 500), (3333, 1500)];

    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;
    private readonly Vp8Source[] _sources;
    private int _asked;

    public SimulcastTests()
    {
        _alice = _room.Join(layers: _layers);
        _sources = [Source(1111, 50, 100), Source(2222, 180, 40_000), Source(3333, 560, 9)];
    }

    [Fact]
    public void Without_a_wish_it_is_the_best_layer_under_one_number()
    {
        SimulatedMember bob = _room.Join();
        Run(3);
        Assert.Single(bob.Rtp.Select(Packets.SsrcOf).Distinct());
        Continuous(bob);
        Assert.Equal(600, bob.Rtp.Last().Length, 60.0);
    }

    [Theory]
    [InlineData(0, 560)]
    [InlineData(50, 180)]
    [InlineData(100, 50)]
    public void Compression_picks_the_layer(int compression, int payload)
    {
        SimulatedMember bob = _room.Join(wants: new MediaPreferences(MediaSelection.All, Compression: compression));
        Run(3);
        Continuous(bob);
        Assert.Equal(payload + 38, bob.Rtp.Last().Length);
    }

    [Fact]
    public void Bitrate_is_a_ceiling_and_changes_come_at_keyframes_only()
    {
        SimulatedMember bob = _room.Join(wants: new MediaPreferences(MediaSelection.All, Bitrate: 600));
        Run(3);
        Assert.Equal(218, bob.Rtp.Last().Length);
        bob.Want(new MediaPreferences(MediaSelection.All, Bitrate: 200));
        Run(3);
        Assert.Equal(88, bob.Rtp.Last().Length);
        bob.Want(MediaPreferences.Default);
        Run(3);
        Assert.Equal(598, bob.Rtp.Last().Length);
        Continuous(bob);
        Assert.True(_room.Counters.LayerSwitches >= 3);
        int before = 0;
        foreach (byte[] first in bob.Rtp.Where(p => (p[12] & 0x10) != 0))
        {
            if (before != 0 && first.Length != before)
                Assert.Equal(1, first[12 + 25]);
            before = first.Length;
        }
    }

    [Fact]
    public void A_lossy_path_lowers_the_layer_and_a_good_one_raises_it_again()
    {
        SimulatedMember bob = _room.Join();
        Run(2);
        Assert.Equal(598, bob.Rtp.Last().Length);
        uint shown = Packets.SsrcOf(bob.Rtp.Last());
        for (int i = 0; i < 8; i++)
        {
            bob.Send(ReceiverReport(bob, shown, bob.Rtp.Last().Length > 100 ? (byte)150 : (byte)0));
            Run(0.5);
        }

        Assert.Equal(88, bob.Rtp.Last().Length);
        for (int i = 0; i < 80; i++)
        {
            bob.Send(ReceiverReport(bob, shown, 0));
            Run(0.5);
        }

        Assert.Equal(598, bob.Rtp.Last().Length);
        Continuous(bob);
    }

    [Fact]
    public void Remb_is_a_ceiling_too_while_it_does_not_rise()
    {
        SimulatedMember bob = _room.Join();
        Run(2);
        for (uint rises = 0; rises < 4; rises++)
            Estimate(60_000 + (rises * 5000));
        Assert.Equal(598, bob.Rtp.Last().Length);
        for (int i = 0; i < 3; i++)
            Estimate(75_000);
        Assert.Equal(88, bob.Rtp.Last().Length);

        // The exponent is 2: 300 kbit/s and less.
        void Estimate(uint mantissa)
        {
            bob.Send(Packets.Rtcp(206, 15, 9, 0, 0x52454D42, (1u << 24) | (2u << 18) | mantissa, 1111));
            Run(0.6);
        }
    }

    [Fact]
    public void A_layer_that_stops_gives_way_to_one_that_flows()
    {
        SimulatedMember bob = _room.Join();
        Run(2);
        Run(4, silent: 2);
        Assert.Equal(218, bob.Rtp.Last().Length);
        Run(4);
        Assert.Equal(598, bob.Rtp.Last().Length);
        Continuous(bob);
    }

    [Fact]
    public void After_a_change_a_report_of_our_own_keeps_lip_sync()
    {
        SimulatedMember bob = _room.Join(wants: new MediaPreferences(MediaSelection.All, Bitrate: 200));
        // Every layer has a clock of its own; the reports tie them to one wall clock.
        Run(2, reports: true);
        bob.Received.Clear();
        bob.Want(MediaPreferences.Default);
        Run(2, reports: true);
        byte[][] reports = [.. bob.Rtcp.Where(p => p[1] == 200)];
        Assert.NotEmpty(reports);
        Assert.All(reports, r => Assert.Equal(Packets.SsrcOf(bob.Rtp.First()), Packets.Word(r, 1)));
        // Old and new reports lie on one line: RTP time advances with NTP time.
        for (int i = 1; i < reports.Length; i++)
        {
            double ntp = (Packets.Word(reports[i], 2) - Packets.Word(reports[0], 2)) + ((Packets.Word(reports[i], 3) - (double)Packets.Word(reports[0], 3)) / 4294967296.0);
            double rtp = (int)(Packets.Word(reports[i], 4) - Packets.Word(reports[0], 4)) / 90_000.0;
            Assert.Equal(ntp, rtp, 0.05);
        }
    }

    [Fact]
    public void Layers_are_thinned_as_well_where_a_rate_is_asked_for()
    {
        SimulatedMember bob = _room.Join(wants: new MediaPreferences(MediaSelection.All, 10, Compression: 100));
        Run(6);
        Continuous(bob);
        Assert.InRange(bob.Rtp.Count() / 3, 50, 80);
    }

    private static Vp8Source Source(uint ssrc, int payload, ushort sequence) =>
        new(ssrc, 0, 2, 2, 1, 2, 2) { PayloadBytes = payload, Sequence = sequence, Timestamp = ssrc * 1_000_003 };

    private void Run(double seconds, int silent = -1, bool reports = false)
    {
        for (int i = 0; i < seconds * 30; i++)
        {
            foreach (uint asked in _alice.KeyframeRequests.Skip(_asked).ToArray())
            {
                _asked++;
                _sources[(asked / 1111) - 1].WantsKeyframe = true;
            }

            for (int layer = 0; layer < 3; layer++)
            {
                if (reports && i % 30 == 15)
                    _alice.Send(Packets.Rtcp(200, 0, (uint)(1111 * (layer + 1)), (uint)(_room.Now / 1_000_000), (uint)(_room.Now % 1_000_000 * 4294.967296), _sources[layer].Timestamp, 1, 1));
                List<byte[]> frame = _sources[layer].Next();
                if (layer != silent)
                    _alice.Send(frame);
            }

            _room.Advance(33.3333);
        }
    }

    private static byte[] ReceiverReport(SimulatedMember of, uint source, byte fraction) =>
        Packets.Rtcp(201, 1, 99, source, (uint)fraction << 24, BinaryPrimitives.ReadUInt16BigEndian(of.Rtp.Last().AsSpan(2)), 0, 0, 0);

    /// <summary>One source, no gap, timestamps that go on, whole frames, picture ids in a row.</summary>
    private static void Continuous(SimulatedMember member)
    {
        Assert.Single(member.Rtp.Select(Packets.SsrcOf).Distinct());
        (Vp8Sink sink, _) = RateTests.Read(member);
        Assert.Equal(0, sink.Missing);
        byte[][] firsts = [.. member.Rtp.Where(p => (p[12] & 0x10) != 0)];
        for (int i = 1; i < firsts.Length; i++)
        {
            int step = (int)(BinaryPrimitives.ReadUInt32BigEndian(firsts[i].AsSpan(4)) - BinaryPrimitives.ReadUInt32BigEndian(firsts[i - 1].AsSpan(4)));
            Assert.InRange(step, 1, 180_000);
            int id = BinaryPrimitives.ReadUInt16BigEndian(firsts[i].AsSpan(14)) - BinaryPrimitives.ReadUInt16BigEndian(firsts[i - 1].AsSpan(14));
            Assert.Equal(1, id & 0x7FFF);
        }

        Assert.True(firsts.Length * 3 - member.Rtp.Count() is >= 0 and <= 2);
        Assert.Equal(1, firsts[0][12 + 25]);
    }
}
