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
        int end = 0;
        foreach (RtcpPacket packet in compound)
            end += packet.Length;
        return end == datagram.Length;
    }

    public Enumerator GetEnumerator() => new(_datagram);

    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _datagram;

        internal Enumerator(ReadOnlySpan<byte> datagram) => _datagram = datagram;

        public RtcpPacket Current { get; private set; }

        public bool MoveNext()
        {
            int offset = Current.Offset + Current.Length;
            if (_datagram.Length - offset < 4 || _datagram[offset] >> 6 != 2)
                return false;
            int length = (BinaryPrimitives.ReadUInt16BigEndian(_datagram[(offset + 2)..]) + 1) * 4;
            if (length > _datagram.Length - offset)
                return false;
            Current = new RtcpPacket(_datagram[offset + 1], _datagram[offset] & 0x1F, offset, length);
            return true;
        }
    }
}
