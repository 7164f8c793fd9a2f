using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>What is sent to a browser again (RFC 4588): a stream of its own beside the first, so that nothing is sealed twice under one number.</summary>
/// <remarks><code>| header, as of the original but for payload type, number and SSRC | number of the original, 16 | its payload |</code></remarks>
/// <param name="ssrc">The stream's.</param>
internal sealed class RtxWriter(uint ssrc)
{
    /// <summary>What a packet is longer by.</summary>
    public const int OverheadBytes = 2;

    private ushort _next = 1;

    /// <summary>Completes a packet whose header is written already, as it was the first time.</summary>
    /// <param name="packet">The header, and room for the rest.</param>
    /// <param name="header">How long the header is.</param>
    /// <param name="payload">Not in <paramref name="packet"/>.</param>
    /// <param name="payloadType">That of RTX.</param>
    /// <returns>The packet's length.</returns>
    public int Wrap(Span<byte> packet, int header, ReadOnlySpan<byte> payload, byte payloadType)
    {
        Span<byte> number = packet[2..4];
        number.CopyTo(packet[header..]);
        payload.CopyTo(packet[(header + OverheadBytes)..]);
        packet[1] = (byte)((packet[1] & 0x80) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(number, _next);
        RtpPacket.WriteSsrc(packet, ssrc);
        _next++;
        return header + OverheadBytes + payload.Length;
    }
}
