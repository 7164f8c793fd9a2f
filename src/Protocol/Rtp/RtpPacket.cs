using System.Buffers.Binary;

namespace Conference.Protocol.Rtp;

/// <summary>The fixed header of an RTP packet and where its parts lie. Holds no bytes.</summary>
/// <remarks>
/// RFC 3550 section 5.1, RFC 3550 section 5.3.1 for the extension:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |                             SSRC                              |
/// |                    CSRC, CC times 32 bits                     |
/// |   extension profile (if X)    |  extension length in words    |
/// </code>
/// </remarks>
public readonly record struct RtpPacket(byte PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Ssrc)
{
    public const int HeaderLength = 12;

    /// <summary>Profile word of the header extension; 0xBEDE is RFC 8285's one-byte form. Zero without extension.</summary>
    public ushort ExtensionProfile { get; private init; }

    /// <summary>Where the extension's elements begin, and how many bytes they are.</summary>
    public int ExtensionOffset { get; private init; }

    public int ExtensionLength { get; private init; }

    public int PayloadOffset { get; private init; }

    /// <summary>Payload bytes, padding not counted.</summary>
    public int PayloadLength { get; private init; }

    /// <summary>RFC 5761 section 4: on a shared port, second bytes 192 to 223 (payload types 64-95) are RTCP.</summary>
    public static bool LooksLikeRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 8 && datagram[0] >> 6 == 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>False for anything that is not an RTP packet whose parts all fit into the datagram.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet)
    {
        packet = default;
        if (datagram.Length < HeaderLength || datagram[0] >> 6 != 2 || LooksLikeRtcp(datagram))
            return false;

        int offset = HeaderLength + (datagram[0] & 0x0F) * 4;
        ushort profile = 0;
        int extensionOffset = 0;
        int extensionLength = 0;
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < offset + 4)
                return false;
            profile = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
            extensionLength = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]) * 4;
            extensionOffset = offset + 4;
            offset = extensionOffset + extensionLength;
        }

        if (datagram.Length < offset)
            return false;

        int padding = 0;
        if ((datagram[0] & 0x20) != 0)
        {
            // The last byte counts itself, so zero is a lie as well.
            padding = datagram[^1];
            if (padding == 0 || padding > datagram.Length - offset)
                return false;
        }

        packet = new RtpPacket(
            (byte)(datagram[1] & 0x7F),
            (datagram[1] & 0x80) != 0,
            BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            ReadSsrc(datagram))
        {
            ExtensionProfile = profile,
            ExtensionOffset = extensionOffset,
            ExtensionLength = extensionLength,
            PayloadOffset = offset,
            PayloadLength = datagram.Length - offset - padding,
        };
        return true;
    }

    public static uint ReadSsrc(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);

    public static void WriteSsrc(Span<byte> packet, uint ssrc) => BinaryPrimitives.WriteUInt32BigEndian(packet[8..], ssrc);

    /// <summary>Writes the fixed header, without CSRCs, extension or padding.</summary>
    public void Write(Span<byte> packet)
    {
        packet[0] = 0x80;
        packet[1] = (byte)((Marker ? 0x80 : 0) | PayloadType);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], Timestamp);
        WriteSsrc(packet, Ssrc);
    }
}
