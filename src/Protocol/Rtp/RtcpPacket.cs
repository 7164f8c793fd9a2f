using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>One packet of a compound RTCP datagram.</summary>
/// <param name="Type">RFC 3550 section 12.1 and RFC 4585: one of the constants of <see cref="RtcpType"/>, or another.</param>
/// <param name="Count">The five bits after the padding bit: report count, source count or feedback format.</param>
/// <param name="Offset">Where its header begins in the datagram.</param>
/// <param name="Length">Header and body in bytes, a multiple of four.</param>
public readonly record struct RtcpPacket(byte Type, int Count, int Offset, int Length);

public static class RtcpType
{
    public const byte SenderReport = 200;
    public const byte ReceiverReport = 201;
    public const byte SourceDescription = 202;
    public const byte Bye = 203;
    public const byte Application = 204;
    public const byte TransportFeedback = 205;
    public const byte PayloadFeedback = 206;
    public const byte ExtendedReport = 207;
}

/// <summary>Walks a compound RTCP datagram: <c>foreach</c> over its packets, each inside the datagram. What does not fit ends it.</summary>
/// <remarks>RFC 3550 section 6.4: <code>|V=2|P|  count  |      type     |     length in words minus one |</code></remarks>
public readonly ref struct RtcpCompound(ReadOnlySpan<byte> datagram)
{
    private readonly ReadOnlySpan<byte> _datagram = datagram;

    /// <summary>A datagram is a compound only when its packets fill it exactly (appendix A.2); SRTCP and chance do not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtcpCompound compound)
    {
        compound = new RtcpCompound(datagram);
        if (!RtpPacket.LooksLikeRtcp(datagram))
            return false;
        int offset = 0;
        while (LengthAt(datagram, offset) is > 0 and int length)
            offset += length;
        return offset == datagram.Length;
    }

    public Enumerator GetEnumerator() => new(_datagram);

    /// <returns>0 where no whole packet begins.</returns>
    private static int LengthAt(ReadOnlySpan<byte> datagram, int offset)
    {
        ReadOnlySpan<byte> rest = datagram[offset..];
        if (rest.Length < 4 || rest[0] >> 6 != 2)
            return 0;
        int length = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1) * 4;
        return length <= rest.Length ? length : 0;
    }

    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _datagram;
        private int _next;

        internal Enumerator(ReadOnlySpan<byte> datagram) => _datagram = datagram;

        public RtcpPacket Current { get; private set; }

        public bool MoveNext()
        {
            int length = LengthAt(_datagram, _next);
            if (length == 0)
                return false;
            Current = new RtcpPacket(_datagram[_next + 1], _datagram[_next] & 0x1F, _next, length);
            _next += length;
            return true;
        }
    }
}
