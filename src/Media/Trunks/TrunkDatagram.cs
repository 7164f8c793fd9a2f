using System.Buffers.Binary;

namespace Conference.Media.Trunks;

/// <summary>What travels between two nodes.</summary>
/// <remarks>
/// <code>
/// | key index, 16 | sending loop, 8 | counter, 32 |   in the clear; the index names the key, the others are part of the nonce
/// |F| port, 31    | a datagram, byte for byte ... |   sealed
/// | tag, 96                                       |
/// </code>
/// F is 0 for what a port of the sending node has sent, which it then names: RTP, RTCP or anything else, with the SSRCs its client gave
/// it. F is 1 for RTCP to the owner of a port of the receiving node, about that port's sources, in the same numbers.
/// <para>Example, <c>a b c</c> from port 5 at loop 1 under key 0x1234, the ninth: <c>12 34 01 00 00 00 09</c>, then sealed
/// <c>00 00 00 05 61 62 63</c>, then 12 bytes of tag.</para>
/// <para>Port numbers are cut to 31 bits: no two ports that live at one time are so far apart.</para>
/// </remarks>
internal static class TrunkDatagram
{
    public const int HeaderBytes = 7;
    public const int LabelBytes = 4;
    public const int TagBytes = 12;

    /// <summary>What a datagram gains by travelling between nodes.</summary>
    public const int Overhead = HeaderBytes + LabelBytes + TagBytes;

    /// <summary>What UDP over IPv4 takes.</summary>
    public const int MaxBytes = 65507;

    private const uint FeedbackBit = 1u << 31;

    /// <summary>How a port is named.</summary>
    public static uint LabelOf(PortId port) => (uint)port.Value & ~FeedbackBit;

    public static void WriteHeader(Span<byte> datagram, in TrunkHeader header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, header.Index);
        datagram[2] = header.Loop;
        BinaryPrimitives.WriteUInt32BigEndian(datagram[3..], header.Counter);
    }

    /// <summary>False for what is too short to hold anything.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> datagram, out TrunkHeader header)
    {
        header = default;
        if (datagram.Length <= Overhead)
            return false;
        header = new TrunkHeader(
            BinaryPrimitives.ReadUInt16BigEndian(datagram), datagram[2], BinaryPrimitives.ReadUInt32BigEndian(datagram[3..]));
        return true;
    }

    public static void WriteLabel(Span<byte> plain, uint port, bool isFeedback) =>
        BinaryPrimitives.WriteUInt32BigEndian(plain, isFeedback ? port | FeedbackBit : port);

    public static uint ReadLabel(ReadOnlySpan<byte> plain, out bool isFeedback)
    {
        uint label = BinaryPrimitives.ReadUInt32BigEndian(plain);
        isFeedback = (label & FeedbackBit) != 0;
        return label & ~FeedbackBit;
    }
}

/// <param name="Index">The receiver's name of the key.</param>
/// <param name="Loop">The loop that has sent it.</param>
/// <param name="Counter">Grows by one with every datagram of this loop, to one loop of the receiver, under this key; the first is 1.</param>
internal readonly record struct TrunkHeader(ushort Index, byte Loop, uint Counter);
