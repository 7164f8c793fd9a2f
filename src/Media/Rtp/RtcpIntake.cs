using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Rtp;

/// <summary>What RTCP from a member may be about. SSRCs are the room's numbers.</summary>
internal interface IRtcpSink
{
    /// <summary>Another member's: this one must not speak for it.</summary>
    bool IsForeign(uint ssrc);

    void Reported(uint ssrc, ulong ntp, uint timestamp);

    /// <summary>What the member says of a source it is sent.</summary>
    void Received(in ReportBlock block);

    void WantsKeyframe(uint ssrc);

    /// <param name="entries">RFC 4585 section 6.2.1, 4 bytes each: packet id and a mask of the 16 behind it.</param>
    void Misses(uint ssrc, ReadOnlySpan<byte> entries);

    void Takes(double kilobits);

    /// <summary>One of the member's own sources has said goodbye.</summary>
    void Left(uint ssrc);
}

/// <summary>
/// Reads a compound from a member, and leaves in it only what the others may have: sender reports without their report blocks,
/// descriptions, goodbyes, and what is unknown, all of them about the member's own sources.
/// </summary>
/// <remarks>RFC 3550 section 6.4, RFC 4585 section 6, RFC 5104 section 4.3.1 (FIR), draft-alvestrand-rmcat-remb.</remarks>
internal static class RtcpIntake
{
    /// <returns>How many bytes are left, at the beginning; 0 when nothing is.</returns>
    public static int Read<TSink>(Span<byte> datagram, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        int kept = 0;
        bool isMoreThanReceiverReports = false;
        for (int offset = 0; offset < datagram.Length;)
        {
            int length = (BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]) + 1) * 4;
            byte type = datagram[offset + 1];
            int keep = Take(datagram.Slice(offset, length), type, ref sink);
            if (keep > 0)
            {
                datagram.Slice(offset, keep).CopyTo(datagram[kept..]);
                kept += keep;
                isMoreThanReceiverReports |= type != RtcpType.ReceiverReport;
            }

            offset += length;
        }

        // Less than eight bytes (a goodbye of nobody) would not be known for RTCP.
        return isMoreThanReceiverReports && kept >= 8 ? kept : 0;
    }

    /// <returns>How much of the packet the others may have.</returns>
    private static int Take<TSink>(Span<byte> packet, byte type, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        int count = packet[0] & 0x1F;
        // Behind the first packet of a compound anything may stand; were it to come first, it would pass for RTP.
        if (type is < 192 or > 223)
            return 0;
        if (packet.Length < 8)
            return type is RtcpType.SourceDescription or RtcpType.Bye ? packet.Length : 0;
        uint first = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        switch (type)
        {
            case RtcpType.SenderReport when packet.Length >= SenderInfo.ReportLength:
                Blocks(packet[SenderInfo.ReportLength..], count, ref sink);
                if (sink.IsForeign(first))
                    return 0;
                SenderInfo info = SenderInfo.Read(packet);
                sink.Reported(first, info.Ntp, info.Timestamp);
                return Shorten(packet, SenderInfo.ReportLength);
            case RtcpType.SenderReport:
                return 0;
            case RtcpType.ReceiverReport:
                Blocks(packet[8..], count, ref sink);
                return sink.IsForeign(first) ? 0 : Shorten(packet, 8);
            case RtcpType.Bye when !NamesOthers(packet, ref sink):
                Goodbyes(packet[4..], count, ref sink);
                return packet.Length;
            case RtcpType.TransportFeedback or RtcpType.PayloadFeedback:
                Feedback(packet, type, count, ref sink);
                return 0;
            default:
                return NamesOthers(packet, ref sink) ? 0 : packet.Length;
        }
    }

    private static void Blocks<TSink>(ReadOnlySpan<byte> blocks, int count, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        for (; count > 0 && blocks.Length >= ReportBlock.Bytes; count--, blocks = blocks[ReportBlock.Bytes..])
            sink.Received(ReportBlock.Read(blocks));
    }

    private static void Goodbyes<TSink>(ReadOnlySpan<byte> sources, int count, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        for (; count > 0 && sources.Length >= 4; count--, sources = sources[4..])
            sink.Left(BinaryPrimitives.ReadUInt32BigEndian(sources));
    }

    private static void Feedback<TSink>(ReadOnlySpan<byte> packet, byte type, int format, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        if (packet.Length < 12)
            return;
        uint media = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        ReadOnlySpan<byte> entries = packet[12..];
        switch (type, format)
        {
            case (RtcpType.TransportFeedback, 1):
                sink.Misses(media, entries);
                break;
            case (RtcpType.PayloadFeedback, 1):
                sink.WantsKeyframe(media);
                break;
            case (RtcpType.PayloadFeedback, 4):
                // One entry per source; nobody has more than a port may have.
                for (int i = 0; i < PortSources.Capacity && entries.Length >= 8; i++, entries = entries[8..])
                    sink.WantsKeyframe(BinaryPrimitives.ReadUInt32BigEndian(entries));
                break;
            case (RtcpType.PayloadFeedback, 15) when entries.Length >= 8 && entries[..4].SequenceEqual("REMB"u8):
                // |count| exponent, 6 bits | mantissa, 18 bits|: bit/s.
                int exponent = entries[5] >> 2;
                uint mantissa = (BinaryPrimitives.ReadUInt32BigEndian(entries[4..]) & 0x3FFFF);
                sink.Takes(Math.ScaleB(mantissa, exponent) / 1000);
                break;
            default:
                break;
        }
    }

    private static bool NamesOthers<TSink>(Span<byte> packet, ref TSink sink)
        where TSink : struct, IRtcpSink, allows ref struct
    {
        var finder = new ForeignFinder<TSink>(sink);
        RtcpSsrcs.Visit(packet, ref finder);
        return finder.Found;
    }

    // The blocks are gone, and padding with them.
    private static int Shorten(Span<byte> packet, int length) => packet.Length == length
        ? length
        : RtcpWriter.WriteHeader(packet, 0, packet[1], length, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]));

    private ref struct ForeignFinder<TSink>(TSink sink) : ISsrcMap
        where TSink : struct, IRtcpSink, allows ref struct
    {
        private readonly TSink _sink = sink;

        public bool Found { get; private set; }

        public uint Map(uint ssrc)
        {
            Found |= _sink.IsForeign(ssrc);
            return ssrc;
        }
    }
}
