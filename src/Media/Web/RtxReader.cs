using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>Takes apart what a browser sends again; see <see cref="RtxWriter"/> for how it is laid out.</summary>
internal static class RtxReader
{
    /// <summary>The number of the original. False where there is none: browsers probe with packets that are padding only.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> packet, in RtpPacket rtx, out ushort number)
    {
        bool isThere = rtx.PayloadLength > RtxWriter.OverheadBytes;
        number = isThere ? BinaryPrimitives.ReadUInt16BigEndian(packet[rtx.PayloadOffset..]) : (ushort)0;
        return isThere;
    }

    /// <summary>Makes the original of it, where it lies: the header moves up to the payload.</summary>
    /// <param name="packet">One whose number could be read.</param>
    /// <param name="rtx">The same, read.</param>
    /// <param name="ssrc">Of the original's stream.</param>
    /// <param name="payloadType">The original's.</param>
    /// <returns>Where in <paramref name="packet"/> it begins now.</returns>
    public static int Unwrap(Span<byte> packet, in RtpPacket rtx, uint ssrc, byte payloadType)
    {
        ushort number = BinaryPrimitives.ReadUInt16BigEndian(packet[rtx.PayloadOffset..]);
        packet[..rtx.PayloadOffset].CopyTo(packet[RtxWriter.OverheadBytes..]);
        Span<byte> original = packet[RtxWriter.OverheadBytes..];
        original[1] = (byte)((original[1] & 0x80) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(original[2..], number);
        RtpPacket.WriteSsrc(original, ssrc);
        return RtxWriter.OverheadBytes;
    }
}
