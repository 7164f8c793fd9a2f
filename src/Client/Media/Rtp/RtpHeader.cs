using System.Buffers.Binary;

namespace Conference.Client.Media.Rtp;

/// <summary>The fixed RTP header (RFC 3550 section 5.1), and where the payload begins behind CSRCs and extension.</summary>
public readonly record struct RtpHeader(byte PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Ssrc, int PayloadOffset)
{
    public const int Size = 12;

    /// <summary>
    /// <code>
    ///  0: V=2 P X CC | 1: M PT | 2: sequence | 4: timestamp | 8: SSRC | CSRCs | extension: 16 bit profile, 16 bit length in words
    /// </code>
    /// </summary>
    /// <returns>False for anything else, RTCP on the same port (RFC 5761: types 64 to 95) included.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header)
    {
        header = default;
        if (packet.Length < Size || packet[0] >> 6 != 2 || IsRtcp(packet))
            return false;
        int payload = Size + (4 * (packet[0] & 0x0F));
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < payload + 4)
                return false;
            payload += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(payload + 2)..]));
        }

        int padding = (packet[0] & 0x20) != 0 ? packet[^1] : 0;
        if (payload + padding > packet.Length)
            return false;
        header = new RtpHeader(
            (byte)(packet[1] & 0x7F),
            packet[1] >> 7 == 1,
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            payload);
        return true;
    }

    public static bool IsRtcp(ReadOnlySpan<byte> packet) => packet.Length >= 4 && packet[0] >> 6 == 2 && (packet[1] & 0x7F) is >= 64 and < 96;

    /// <summary>Writes the 12 bytes, without CSRCs, extension or padding.</summary>
    public void Write(Span<byte> packet)
    {
        packet[0] = 0x80;
        packet[1] = (byte)((Marker ? 0x80 : 0) | PayloadType);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc);
    }
}
