using Conference.Media.Rtp;

namespace Conference.Media.Selection;

/// <summary>The audio level a sender states in a header extension, RFC 6464.</summary>
/// <remarks>
/// <code>|V| level in -dBov, 7 bits|</code>, one byte of data, in RFC 8285's one-byte form (<c>| id | length - 1 | data</c>, profile 0xBEDE) or
/// two-byte form (<c>| id | length | data</c>, profile 0x100x). QCVC does not negotiate ids: 1 is what nearly everybody gives it, and where
/// there is no such element, the first with a single byte of data is taken for it.
/// </remarks>
internal static class AudioLevel
{
    private const int ConventionalId = 1;

    /// <param name="level">0 (loudest) to 127 (silence), in -dBov.</param>
    public static bool TryRead(in RtpPacket packet, ReadOnlySpan<byte> datagram, out int level)
    {
        level = 127;
        bool isTwoByte = (packet.ExtensionProfile & 0xFFF0) == 0x1000;
        if (packet.ExtensionProfile != 0xBEDE && !isTwoByte)
            return false;
        ReadOnlySpan<byte> elements = datagram.Slice(packet.ExtensionOffset, packet.ExtensionLength);
        bool found = false;
        while (!elements.IsEmpty)
        {
            if (elements[0] == 0)
            {
                elements = elements[1..];
                continue;
            }

            if (elements.Length < 2)
                break;
            int id = isTwoByte ? elements[0] : elements[0] >> 4;
            int length = isTwoByte ? elements[1] : (elements[0] & 0x0F) + 1;
            int data = isTwoByte ? 2 : 1;
            if ((!isTwoByte && id == 15) || elements.Length < data + length)
                break;
            if (length == 1 && (id == ConventionalId || !found))
            {
                level = elements[data] & 0x7F;
                found = true;
                if (id == ConventionalId)
                    break;
            }

            elements = elements[(data + length)..];
        }

        return found;
    }
}
