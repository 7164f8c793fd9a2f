namespace Conference.Media.Web;

/// <summary>The checksum by which STUN is told from other protocols on one port (RFC 8489 section 14.7): CRC-32 of what stands before it,
/// mixed with "STUN".</summary>
internal static class StunFingerprint
{
    private const uint Mix = 0x5354554E;
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] _table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public static uint Of(ReadOnlySpan<byte> message)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in message)
            crc = (crc >> 8) ^ _table[(byte)(crc ^ b)];
        return ~crc ^ Mix;
    }

    private static uint Entry(int index)
    {
        uint crc = (uint)index;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        return crc;
    }
}
