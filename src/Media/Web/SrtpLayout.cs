using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>What of a packet travels in the clear. Sealed packets cannot be read as <see cref="RtpPacket"/>: their padding is hidden.</summary>
internal static class SrtpLayout
{
    /// <summary>Version, type, length and SSRC of the first packet of a compound.</summary>
    public const int RtcpHeaderBytes = 8;

    /// <summary>Behind SRTCP: the E bit, which says that it is encrypted, and the index.</summary>
    public const int RtcpIndexBytes = 4;

    /// <summary>The length of header, CSRCs and extension; 0 for what is no RTP packet.</summary>
    public static int HeaderBytes(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < RtpPacket.HeaderLength || packet[0] >> 6 != 2)
            return 0;
        int length = RtpPacket.HeaderLength + ((packet[0] & 0x0F) * 4);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
                return 0;
            length += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4);
        }

        return length <= packet.Length ? length : 0;
    }
}
