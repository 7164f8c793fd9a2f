using System.Buffers.Binary;
using System.Text;

namespace Conference.Client.Media.Rtp;

/// <summary>
/// Takes from a compound RTCP packet (RFC 3550 section 6) what qcvc can use: who sources are, and that they are gone.
/// <code>
/// packet = V=2 P count:5 | type | length in 32-bit words less one | body
/// SDES   (202): chunks of SSRC, items (type, length, text), ended by a zero and padded to a word
/// BYE    (203): count SSRCs
/// </code>
/// Whatever does not fit ends the reading; what was read before it counts.
/// </summary>
public static class RtcpReader
{
    public const byte SenderReport = 200;
    public const byte ReceiverReport = 201;
    public const byte SourceDescriptions = 202;
    public const byte Goodbye = 203;

    private const byte Cname = 1;
    private const byte Private = 8;

    /// <summary>Replies to hostile lengths: one datagram holds at most this many of either.</summary>
    private const int MaxSources = 64;

    public static void Read(ReadOnlySpan<byte> compound, ICollection<SourceDescription> descriptions, ICollection<uint> goodbyes)
    {
        while (compound.Length >= 4 && compound[0] >> 6 == 2)
        {
            int length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(compound[2..]) + 1);
            if (length > compound.Length)
                return;
            var body = compound[4..length];
            int count = compound[0] & 0x1F;
            if (compound[1] == SourceDescriptions)
                ReadDescriptions(body, count, descriptions);
            else if (compound[1] == Goodbye)
                ReadGoodbyes(body, count, goodbyes);
            compound = compound[length..];
        }
    }

    private static void ReadDescriptions(ReadOnlySpan<byte> body, int count, ICollection<SourceDescription> descriptions)
    {
        for (; count > 0 && body.Length >= 4 && descriptions.Count < MaxSources; count--)
        {
            uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(body);
            if (!TryReadChunk(body[4..], out int length, out string? cname, out string session))
                return;
            if (cname is not null)
                descriptions.Add(new SourceDescription(ssrc, cname, session));
            body = body[(4 + length)..];
        }
    }

    private static bool TryReadChunk(ReadOnlySpan<byte> items, out int length, out string? cname, out string session)
    {
        (cname, session, length) = (null, "", 0);
        while (length < items.Length && items[length] != 0)
        {
            if (length + 2 > items.Length || length + 2 + items[length + 1] > items.Length)
                return false;
            var text = items.Slice(length + 2, items[length + 1]);
            if (items[length] == Cname)
                cname = Decode(text);
            else if (items[length] == Private && text.Length > 5 && text[0] == 4 && text[1..5].SequenceEqual("qcvc"u8))
                session = Decode(text[5..]);
            length += 2 + text.Length;
        }

        if (length >= items.Length)
            return false;
        // The ending zero, and on to the next word; the SSRC before the items was one.
        length = (length + 4) & ~3;
        return length <= items.Length;
    }

    private static void ReadGoodbyes(ReadOnlySpan<byte> body, int count, ICollection<uint> goodbyes)
    {
        for (; count > 0 && body.Length >= 4 && goodbyes.Count < MaxSources; count--, body = body[4..])
            goodbyes.Add(BinaryPrimitives.ReadUInt32BigEndian(body));
    }

    private static string Decode(ReadOnlySpan<byte> text) => Printable.Of(Encoding.UTF8.GetString(text));
}
