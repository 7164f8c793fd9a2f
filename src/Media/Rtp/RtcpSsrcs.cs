using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Rtp;

/// <summary>Rewrites SSRCs where they are named in RTCP.</summary>
internal interface ISsrcMap
{
    uint Map(uint ssrc);
}

/// <summary>Knows every place in RTCP that holds an SSRC.</summary>
/// <remarks>
/// <code>
/// SR, RR   sender, then report blocks of 24 bytes that begin with the source they report on (SR: after 20 bytes of sender info)
/// SDES     chunks: a source, items (type, length, text) up to a zero byte, padded to a word
/// BYE      count sources
/// APP      sender
/// RTPFB    sender, media source; TMMBR and TMMBN (3, 4) name a source in each 8 byte entry
/// PSFB     sender, media source; FIR (4) names a source in each 8 byte entry; REMB (15) a list after 'REMB', count and rate
/// XR       sender, then blocks (type, -, length in words): 1-3, 6 and 7 begin with a source, 5 holds one every 12 bytes
/// </code>
/// RFC 3550 section 6, RFC 4585 section 6, RFC 5104 section 4, RFC 3611 section 4, draft-alvestrand-rmcat-remb.
/// What does not fit its packet is left as it is.
/// </remarks>
internal static class RtcpSsrcs
{
    /// <summary>Rewrites in place. The datagram must be a compound (<see cref="RtcpCompound.TryParse"/>).</summary>
    public static void Rewrite<TMap>(Span<byte> datagram, TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        if (!RtcpCompound.TryParse(datagram, out RtcpCompound compound))
            return;
        foreach (RtcpPacket packet in compound)
            Visit(datagram.Slice(packet.Offset, packet.Length), packet, ref map);
    }

    /// <summary>Maps every SSRC one packet names.</summary>
    public static void Visit<TMap>(Span<byte> packet, ref TMap map)
        where TMap : ISsrcMap, allows ref struct =>
        Visit(packet, new RtcpPacket(packet[1], packet[0] & 0x1F, 0, packet.Length), ref map);

    private static void Visit<TMap>(Span<byte> bytes, in RtcpPacket packet, ref TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        Span<byte> body = bytes[4..];
        switch (packet.Type)
        {
            case RtcpType.SenderReport:
                At(body, 0, ref map);
                Every(body, 24, ReportBlock.Bytes, packet.Count, ref map);
                break;
            case RtcpType.ReceiverReport:
                At(body, 0, ref map);
                Every(body, 4, ReportBlock.Bytes, packet.Count, ref map);
                break;
            case RtcpType.SourceDescription:
                for (var chunks = new SdesChunks(bytes); chunks.MoveNext();)
                    At(bytes, chunks.Offset, ref map);
                break;
            case RtcpType.Bye:
                Every(body, 0, 4, packet.Count, ref map);
                break;
            case RtcpType.Application:
                At(body, 0, ref map);
                break;
            case RtcpType.TransportFeedback or RtcpType.PayloadFeedback:
                Feedback(body, packet, ref map);
                break;
            case RtcpType.ExtendedReport:
                At(body, 0, ref map);
                Blocks(body, ref map);
                break;
            default:
                break;
        }
    }

    private static void Feedback<TMap>(Span<byte> body, RtcpPacket packet, ref TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        At(body, 0, ref map);
        At(body, 4, ref map);
        bool namesEntries = packet.Type == RtcpType.TransportFeedback ? packet.Count is 3 or 4 : packet.Count == 4;
        if (namesEntries)
            Every(body, 8, 8, int.MaxValue, ref map);
        else if (packet is { Type: RtcpType.PayloadFeedback, Count: 15 } && body.Length >= 16 && body.Slice(8, 4).SequenceEqual("REMB"u8))
            Every(body, 16, 4, body[12], ref map);
    }

    private static void Blocks<TMap>(Span<byte> body, ref TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        int offset = 4;
        while (offset + 4 <= body.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(body[(offset + 2)..]) * 4;
            if (length > body.Length - offset - 4)
                return;
            Span<byte> block = body.Slice(offset + 4, length);
            if (body[offset] is 1 or 2 or 3 or 6 or 7)
                At(block, 0, ref map);
            else if (body[offset] == 5)
                Every(block, 0, 12, int.MaxValue, ref map);
            offset += 4 + length;
        }
    }

    private static void Every<TMap>(Span<byte> body, int first, int step, int count, ref TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        for (int offset = first; count > 0 && offset + 4 <= body.Length; offset += step, count--)
            At(body, offset, ref map);
    }

    private static void At<TMap>(Span<byte> body, int offset, ref TMap map)
        where TMap : ISsrcMap, allows ref struct
    {
        if (offset + 4 > body.Length)
            return;
        Span<byte> field = body.Slice(offset, 4);
        BinaryPrimitives.WriteUInt32BigEndian(field, map.Map(BinaryPrimitives.ReadUInt32BigEndian(field)));
    }
}
