using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Client.Load;

/// <summary>
/// A generated packet. The server may renumber SSRC and sequence in the RTP header, so what is measured stands behind it:
/// <code>
/// 0: RTP header | 12: magic | 16: run | 20: sender | 24: sequence (64 bit) | 32: send time (Stopwatch ticks) | 40: zeros
/// </code>
/// </summary>
public readonly record struct LoadPacket(uint Run, int Sender, long Sequence, long SentAt)
{
    public const int MinSize = 40;

    private const uint Magic = 0x51435643;

    public static bool TryRead(ReadOnlySpan<byte> datagram, out LoadPacket packet)
    {
        packet = default;
        if (datagram.Length < MinSize || BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]) != Magic)
            return false;
        packet = new LoadPacket(
            BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]),
            BinaryPrimitives.ReadInt32BigEndian(datagram[20..]),
            BinaryPrimitives.ReadInt64BigEndian(datagram[24..]),
            BinaryPrimitives.ReadInt64BigEndian(datagram[32..]));
        return packet.Sequence >= 0;
    }

    /// <summary>Writes header and measured part; the rest of the datagram stays as it is.</summary>
    public void Write(Span<byte> datagram, in RtpPacket header)
    {
        header.Write(datagram);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[12..], Magic);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[16..], Run);
        BinaryPrimitives.WriteInt32BigEndian(datagram[20..], Sender);
        BinaryPrimitives.WriteInt64BigEndian(datagram[24..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(datagram[32..], SentAt);
    }
}
