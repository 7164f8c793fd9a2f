using Conference.Protocol.Rtp;

namespace Conference.Media.Speech;

/// <summary>The audio level a sender states in a header extension, RFC 6464.</summary>
/// <remarks>
/// <code>|V| level in -dBov, 7 bits|</code>, one byte of data. QCVC does not negotiate ids: 1 is what nearly everybody gives it, and where
/// there is no such element, the first with a single byte of data is taken for it.
/// </remarks>
internal static class AudioLevel
{
    private const int ConventionalId = 1;

    /// <param name="level">0 (loudest) to 127 (silence), in -dBov.</param>
    public static bool TryRead(in RtpPacket packet, ReadOnlySpan<byte> datagram, out int level)
    {
        level = 127;
        bool found = false;
        var elements = new HeaderElements(packet, datagram);
        while (elements.MoveNext())
        {
            if (elements.Data.Length != 1 || (found && elements.Id != ConventionalId))
                continue;
            level = elements.Data[0] & 0x7F;
            found = true;
            if (elements.Id == ConventionalId)
                break;
        }

        return found;
    }
}
