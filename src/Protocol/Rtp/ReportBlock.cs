using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>What a receiver says of one source (RFC 3550 section 6.4.1).</summary>
/// <remarks><code>| SSRC | lost, 256ths | lost in all, 24 bits | highest sequence number, 32 bits | jitter | last SR | delay since |</code></remarks>
/// <param name="FractionLost">Since the last report, 256ths.</param>
/// <param name="Lost">Since the beginning; below zero where duplicates came, cut to what 24 bits hold.</param>
/// <param name="Jitter">RTP timestamp units.</param>
public readonly record struct ReportBlock(uint Ssrc, byte FractionLost, long Lost, uint ExtendedHighest, uint Jitter)
{
    public const int Bytes = 24;

    public static ReportBlock Read(ReadOnlySpan<byte> block) => new(
        BinaryPrimitives.ReadUInt32BigEndian(block),
        block[4],
        (BinaryPrimitives.ReadInt32BigEndian(block[4..]) << 8) >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[12..]));

    /// <summary>Last SR and the delay since are zero: there was none.</summary>
    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(block[4..], (int)Math.Clamp(Lost, -0x800000, 0x7FFFFF));
        block[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], ExtendedHighest);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        block[16..Bytes].Clear();
    }
}
