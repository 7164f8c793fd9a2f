using Conference.Media;
using Conference.Media.Codecs;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Media.Speech;
using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Fuzz.Tests;

/// <summary>Every reader of RTP and RTCP over mutated packets: nothing throws, nothing points outside.</summary>
public sealed class ParserFuzzTests
{
    // Its structure is that of the last packet that had one, whoever's: state is what it may trip over.
    [ThreadStatic]
    private static DependencyDescriptor? _descriptor;

    private const int InputsPerSeed = 2_000;

    [Fact]
    public void Readers_hold_for_any_bytes() => Fuzzing.Run(Fuzzing.Short, 1, Target);

    [Fact, Trait("Category", "Soak")]
    public void Readers_hold_for_any_bytes_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Target);

    private static void Target(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        for (int i = 0; i < InputsPerSeed; i++)
            Read(mutator.Next());
    }

    internal static void Read(byte[] bytes)
    {
        if (RtpPacket.TryParse(bytes, out RtpPacket packet))
            ReadRtp(bytes, packet);
        foreach (RtcpPacket part in new RtcpCompound(bytes))
        {
            Assert.True(part.Length >= 4 && part.Offset + part.Length <= bytes.Length);
            for (var chunks = new SdesChunks(bytes.AsSpan(part.Offset, part.Length)); chunks.MoveNext();)
                SourceDescription.TryRead(chunks, out _);
        }

        if (!RtcpCompound.TryParse(bytes, out _))
            return;
        byte[] copy = [.. bytes];
        RtcpSsrcs.Rewrite(copy, new Swap());
        RtcpSsrcs.Rewrite(copy, new Swap());
        Assert.Equal(bytes, copy);
        var sink = new Sink();
        int kept = RtcpIntake.Read(copy, ref sink);
        Assert.InRange(kept, 0, bytes.Length);
        Assert.True(kept == 0 || RtcpCompound.TryParse(copy.AsSpan(0, kept), out _) || kept < 8);
    }

    private static void ReadRtp(byte[] bytes, in RtpPacket packet)
    {
        Assert.True(packet.PayloadOffset + packet.PayloadLength <= bytes.Length && packet.PayloadLength >= 0);
        Assert.True(packet.ExtensionOffset + packet.ExtensionLength <= packet.PayloadOffset);
        if (AudioLevel.TryRead(packet, bytes, out int level))
            Assert.InRange(level, 0, 127);
        if ((_descriptor ??= new DependencyDescriptor()).TryRead(packet, bytes, out FrameFacts described))
            Assert.True(described.TemporalLayer < LayerRates.Layers && described.SwitchTo < LayerRates.Layers);
        ReadOnlySpan<byte> payload = bytes.AsSpan(packet.PayloadOffset, packet.PayloadLength);
        PayloadReader.Recognise(payload, packet.PayloadType, out _);
        foreach (Codec codec in Enum.GetValues<Codec>())
        {
            if (!PayloadReader.TryRead(codec, payload, out FrameFacts facts))
                continue;
            Assert.True(facts.TemporalLayer < LayerRates.Layers);
            Rewritten(bytes, packet, facts);
        }
    }

    /// <summary>A rewritten packet differs in its numbers, and not at all once they are taken back.</summary>
    private static void Rewritten(byte[] bytes, in RtpPacket packet, FrameFacts frame)
    {
        byte[] copy = [.. bytes];
        var facts = new PacketFacts { Timestamp = packet.Timestamp, Sequence = packet.Sequence, PayloadAt = packet.PayloadOffset, Frame = frame };
        foreach (bool isFiller in (bool[])[false, true])
        {
            if (isFiller && bytes.Length < Rewrite.FillerLength)
                continue;
            var rewrite = new Rewrite { Ssrc = 5, Sequence = 6, TimestampOffset = 7, PictureIdOffset = 8, Tl0Offset = 9, IsFiller = isFiller };
            rewrite.Apply(copy, facts, out Rewrite.Undo undo);
            Assert.True(RtpPacket.TryParse(isFiller ? copy.AsSpan(0, Rewrite.FillerLength) : copy, out RtpPacket read));
            Assert.Equal((5u, 6), (read.Ssrc, read.Sequence));
            Rewrite.Restore(copy, undo);
            Assert.Equal(bytes, copy);
        }
    }

    private readonly struct Swap : ISsrcMap
    {
        public uint Map(uint ssrc) => ~ssrc;
    }

    private struct Sink : IRtcpSink
    {
        public readonly bool IsForeign(uint ssrc) => (ssrc & 1) == 0;

        public readonly void Reported(uint ssrc, ulong ntp, uint timestamp)
        {
        }

        public readonly void Received(in ReportBlock block)
        {
        }

        public readonly void WantsKeyframe(uint ssrc)
        {
        }

        public readonly void Misses(uint ssrc, ReadOnlySpan<byte> entries) => Assert.True(entries.Length % 4 == 0);

        public readonly void Takes(double kilobits) => Assert.True(kilobits >= 0 && double.IsFinite(kilobits));

        public readonly void Left(uint ssrc) => Assert.False(IsForeign(ssrc));
    }
}
