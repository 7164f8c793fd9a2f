using System.Text;

namespace Conference.Protocol.Rtp;

/// <summary>One chunk of an RTCP source description: who a source is.</summary>
/// <param name="Ssrc">The source.</param>
/// <param name="Cname"><c>joe@host</c> in QCVC.</param>
/// <param name="Session">What tells two sessions of one user apart, from a PRIV item with the prefix <c>qcvc</c>; empty where there is none.</param>
public readonly record struct SourceDescription(uint Ssrc, string Cname, string Session)
{
    private const byte CnameItem = 1;
    private const byte PrivateItem = 8;

    // A PRIV item's text begins with its prefix and that one's length.
    private static ReadOnlySpan<byte> Prefix => "\u0004qcvc"u8;

    /// <returns>False for a chunk without a CNAME.</returns>
    public static bool TryRead(in SdesChunks chunk, out SourceDescription description)
    {
        string? cname = null;
        string session = "";
        for (var items = chunk.Items; !items.IsEmpty; items = items[(2 + items[1])..])
        {
            var text = items.Slice(2, items[1]);
            if (items[0] == CnameItem)
                cname = Encoding.UTF8.GetString(text);
            else if (items[0] == PrivateItem && text.Length > Prefix.Length && text.StartsWith(Prefix))
                session = Encoding.UTF8.GetString(text[Prefix.Length..]);
        }

        description = new SourceDescription(chunk.Ssrc, cname ?? "", session);
        return cname is not null;
    }

    /// <summary>Writes an RTCP packet of this one chunk. What is longer than an item may be is cut between characters.</summary>
    /// <param name="packet">Takes 544 bytes at worst.</param>
    /// <returns>The packet's length.</returns>
    public int Write(Span<byte> packet)
    {
        int length = 8 + WriteItem(packet[8..], CnameItem, [], Cname);
        if (Session.Length > 0)
            length += WriteItem(packet[length..], PrivateItem, Prefix, Session);
        int padded = (length + 4) & ~3;
        packet[length..padded].Clear();
        return RtcpWriter.WriteHeader(packet, 1, RtcpType.SourceDescription, padded, Ssrc);
    }

    private static int WriteItem(Span<byte> item, byte type, ReadOnlySpan<byte> prefix, string text)
    {
        prefix.CopyTo(item[2..]);
        Encoding.UTF8.GetEncoder().Convert(text, item[(2 + prefix.Length)..257], flush: true, out _, out int bytes, out _);
        (item[0], item[1]) = (type, (byte)(prefix.Length + bytes));
        return 2 + prefix.Length + bytes;
    }
}
