using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>What a sender report says of its own source (RFC 3550 section 6.4.1).</summary>
/// <remarks><code>|V=2|P| RC | 200 | length | SSRC | NTP, 64 bits | RTP timestamp | packets | octets | report blocks</code></remarks>
/// <param name="Ntp">RFC 3550 section 4: seconds since 1900 and fractions, 32 bits each.</param>
/// <param name="Timestamp">RTP ticks at that moment.</param>
/// <param name="Packets">Sent so far.</param>
/// <param name="Octets">Of their payloads.</param>
public readonly record struct SenderInfo(ulong Ntp, uint Timestamp, uint Packets, uint Octets)
{
    /// <summary>Bytes of a report without blocks.</summary>
    public const int ReportLength = 28;

    public static SenderInfo Read(ReadOnlySpan<byte> report) => new(
        BinaryPrimitives.ReadUInt64BigEndian(report[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(report[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(report[20..]),
        BinaryPrimitives.ReadUInt32BigEndian(report[24..]));

    /// <summary>Into a report, whose header, SSRC and blocks stay as they are.</summary>
    public void Write(Span<byte> report)
    {
        BinaryPrimitives.WriteUInt64BigEndian(report[8..], Ntp);
        BinaryPrimitives.WriteUInt32BigEndian(report[16..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(report[20..], Packets);
        BinaryPrimitives.WriteUInt32BigEndian(report[24..], Octets);
    }
}
