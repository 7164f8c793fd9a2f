using System.Buffers.Binary;

namespace Conference.Media.Rtp;

/// <summary>Writes a generic NACK, RFC 4585 section 6.2.1.</summary>
/// <remarks><code>
/// |V=2|P| FMT=1 | 205 | length | SSRC of who asks | SSRC of the source |
/// | packet id, 16 | which of the 16 behind it too, 16 | ...
/// </code></remarks>
internal static class NackPacket
{
    private const int HeaderBytes = 12;
    private const int EntryBytes = 4;

    /// <param name="into">Takes 12 bytes, and 4 for each packet at worst; what does not fit is left out.</param>
    /// <param name="missed">At least one.</param>
    /// <returns>The packet's length.</returns>
    public static int Write(Span<byte> into, uint own, uint source, ReadOnlySpan<ushort> missed)
    {
        int length = HeaderBytes;
        ushort first = 0;
        foreach (ushort sequence in missed)
        {
            int behind = (ushort)(sequence - first);
            if (length > HeaderBytes && behind is >= 1 and <= 16)
            {
                Span<byte> mask = into[(length - 2)..];
                BinaryPrimitives.WriteUInt16BigEndian(mask, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(mask) | (1 << (behind - 1))));
                continue;
            }

            if (length + EntryBytes > into.Length)
                break;
            first = sequence;
            BinaryPrimitives.WriteUInt32BigEndian(into[length..], (uint)sequence << 16);
            length += EntryBytes;
        }

        BinaryPrimitives.WriteUInt16BigEndian(into, 0x81CD);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)((length / 4) - 1));
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], own);
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], source);
        return length;
    }
}
