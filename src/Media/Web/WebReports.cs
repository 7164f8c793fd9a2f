using System.Buffers.Binary;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// RTCP between a room and one browser. A browser has one conversation for all its streams, a room one for each service: what a browser says is sorted by
/// port, and numbers are changed for the other side's.
/// </summary>
/// <remarks>RFC 3550 section 6, RFC 4585 section 6, RFC 5104 section 4.3.1, RFC 5506 (what goes to a browser is no compound).</remarks>
internal static class WebReports
{
    /// <summary>What <see cref="ToRoom"/> may write.</summary>
    public const int MaxBytes = 1200;

    private const int FeedbackBytes = 12;
    private const int NackFormat = 1;
    private const int PictureLossFormat = 1;
    private const int FullIntraFormat = 4;
    private const int ApplicationFormat = 15;

    /// <summary>What of a room's compound a browser is to have: the reports of who is shown, and what is asked of the browser itself.</summary>
    /// <param name="channel">Of the port it comes to.</param>
    /// <param name="ssrc">This server's.</param>
    /// <param name="into">As long as the compound.</param>
    /// <returns>The length; 0 where nothing is left.</returns>
    public static int ToBrowser(ReadOnlySpan<byte> compound, int channel, WebSeats seats, WebUplink own, uint ssrc, Span<byte> into)
    {
        if (!RtcpCompound.TryParse(compound, out RtcpCompound packets))
            return 0;
        int length = 0;
        foreach (RtcpPacket packet in packets)
        {
            ReadOnlySpan<byte> bytes = compound.Slice(packet.Offset, packet.Length);
            switch (packet.Type)
            {
                case RtcpType.SenderReport when bytes.Length >= SenderInfo.ReportLength:
                    length += WriteReport(bytes, channel, seats, into[length..]);
                    break;
                case RtcpType.Bye:
                    for (int i = 0, at = 4; i < packet.Count && at + 4 <= bytes.Length; i++, at += 4)
                        seats.Leave(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]), channel);
                    break;
                case RtcpType.TransportFeedback or RtcpType.PayloadFeedback when bytes.Length >= FeedbackBytes:
                    length += WriteFeedback(bytes, own, ssrc, into[length..]);
                    break;
                default:
                    break;
            }
        }

        return length;
    }

    /// <summary>What a browser says to one of its ports, as a compound of the room.</summary>
    /// <param name="compound">As the browser has sent it, opened.</param>
    /// <param name="channel">The port's.</param>
    /// <param name="service">The same port's.</param>
    /// <param name="ssrc">By which the browser reports to the room; another for each.</param>
    /// <param name="into">At least <see cref="MaxBytes"/>.</param>
    /// <returns>The length; 0 where it says nothing to this port.</returns>
    public static int ToRoom(
        ReadOnlySpan<byte> compound, int channel, ServiceName service, WebDownlink downlink, WebUplink uplink, uint ssrc, Span<byte> into)
    {
        if (!RtcpCompound.TryParse(compound, out RtcpCompound packets))
            return 0;
        var writer = new RoomWriter(channel, service, downlink, uplink, ssrc, into[..MaxBytes]);
        foreach (RtcpPacket packet in packets)
            writer.Take(packet, compound.Slice(packet.Offset, packet.Length));
        return writer.Length;
    }

    private static int WriteReport(ReadOnlySpan<byte> report, int channel, WebSeats seats, Span<byte> into)
    {
        uint source = BinaryPrimitives.ReadUInt32BigEndian(report[4..]);
        if (seats.FindBySource(source, channel) is not { TimestampOffset: { } offset } slot)
            return 0;
        report[..SenderInfo.ReportLength].CopyTo(into);
        SenderInfo info = SenderInfo.Read(report);
        (info with { Timestamp = info.Timestamp + offset }).Write(into);
        return RtcpWriter.WriteHeader(into, 0, RtcpType.SenderReport, SenderInfo.ReportLength, slot.Ssrc);
    }

    /// <summary>The room asks something of a stream of the browser.</summary>
    private static int WriteFeedback(ReadOnlySpan<byte> feedback, WebUplink own, uint ssrc, Span<byte> into)
    {
        feedback.CopyTo(into);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], ssrc);
        Translate(into[8..], own);
        bool isFullIntra = feedback[1] == RtcpType.PayloadFeedback && (feedback[0] & 0x1F) == FullIntraFormat;
        for (int at = FeedbackBytes; isFullIntra && at + 8 <= feedback.Length; at += 8)
            Translate(into[at..], own);
        return feedback.Length;
    }

    private static void Translate(Span<byte> field, WebUplink own)
    {
        if (own.OwnSsrcOf(BinaryPrimitives.ReadUInt32BigEndian(field)) is { } source)
            BinaryPrimitives.WriteUInt32BigEndian(field, source);
    }

    private ref struct RoomWriter(int channel, ServiceName service, WebDownlink downlink, WebUplink uplink, uint ssrc, Span<byte> into)
    {
        private readonly Span<byte> _into = into;

        public int Length { get; private set; }

        public void Take(RtcpPacket packet, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 8)
                return;
            switch (packet.Type)
            {
                case RtcpType.SenderReport when bytes.Length >= SenderInfo.ReportLength:
                    TakeReport(bytes);
                    TakeBlocks(bytes[SenderInfo.ReportLength..], packet.Count);
                    break;
                case RtcpType.ReceiverReport:
                    TakeBlocks(bytes[8..], packet.Count);
                    break;
                case RtcpType.SourceDescription or RtcpType.Bye:
                    TakeOwn(bytes, packet.Count);
                    break;
                case RtcpType.TransportFeedback when packet.Count == NackFormat && bytes.Length > FeedbackBytes:
                    TakeNack(bytes);
                    break;
                case RtcpType.PayloadFeedback when bytes.Length >= FeedbackBytes:
                    TakePayloadFeedback(packet.Count, bytes);
                    break;
                default:
                    break;
            }
        }

        private readonly bool Has(int bytes) => Length + bytes <= _into.Length;

        /// <summary>The room's source that the browser knows by a slot's number, if it comes to this port.</summary>
        private readonly uint? SourceOf(uint shown) =>
            downlink.Seats.FindBySsrc(shown) is { Source: { } source } slot && slot.Channel == channel ? source : null;

        private readonly uint? ShownOf(uint own) => uplink.FindByOwn(own) is { } stream && stream.Service == service ? stream.Shown : null;

        private void TakeReport(ReadOnlySpan<byte> report)
        {
            if (ShownOf(BinaryPrimitives.ReadUInt32BigEndian(report[4..])) is not { } shown || !Has(SenderInfo.ReportLength))
                return;
            report[..SenderInfo.ReportLength].CopyTo(_into[Length..]);
            Length += RtcpWriter.WriteHeader(_into[Length..], 0, RtcpType.SenderReport, SenderInfo.ReportLength, shown);
        }

        private void TakeBlocks(ReadOnlySpan<byte> blocks, int count)
        {
            for (; count > 0 && blocks.Length >= ReportBlock.Bytes; count--, blocks = blocks[ReportBlock.Bytes..])
            {
                ReportBlock block = ReportBlock.Read(blocks);
                if (SourceOf(block.Ssrc) is { } source && Has(8 + ReportBlock.Bytes))
                    Length += RtcpWriter.WriteReceiverReport(_into[Length..], ssrc, [block with { Ssrc = source }]);
            }
        }

        // A browser describes one source at a time, or says goodbye to it.
        private void TakeOwn(ReadOnlySpan<byte> packet, int count)
        {
            if (count != 1 || ShownOf(BinaryPrimitives.ReadUInt32BigEndian(packet[4..])) is not { } shown || !Has(packet.Length))
                return;
            packet.CopyTo(_into[Length..]);
            BinaryPrimitives.WriteUInt32BigEndian(_into[(Length + 4)..], shown);
            Length += packet.Length;
        }

        private void TakeNack(ReadOnlySpan<byte> nack)
        {
            if (downlink.Seats.FindBySsrc(BinaryPrimitives.ReadUInt32BigEndian(nack[8..])) is not { Source: { } source } slot || slot.Channel != channel)
                return;
            if (!Has(nack.Length))
                return;
            Span<byte> packet = _into.Slice(Length, nack.Length);
            int length = FeedbackBytes;
            for (ReadOnlySpan<byte> entries = nack[FeedbackBytes..]; entries.Length >= 4; entries = entries[4..])
            {
                if (!slot.TryHide(BinaryPrimitives.ReadUInt16BigEndian(entries), out ushort first))
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(packet[length..], first);
                entries[2..4].CopyTo(packet[(length + 2)..]);
                length += 4;
            }

            if (length > FeedbackBytes)
                WriteFeedback(RtcpType.TransportFeedback, NackFormat, source, length);
        }

        private void TakePayloadFeedback(int format, ReadOnlySpan<byte> feedback)
        {
            switch (format)
            {
                case PictureLossFormat:
                    AskForKeyframe(BinaryPrimitives.ReadUInt32BigEndian(feedback[8..]));
                    break;
                case FullIntraFormat:
                    for (int at = FeedbackBytes; at + 8 <= feedback.Length; at += 8)
                        AskForKeyframe(BinaryPrimitives.ReadUInt32BigEndian(feedback[at..]));
                    break;
                case ApplicationFormat when feedback.Length >= 20 && feedback.Slice(12, 4).SequenceEqual("REMB"u8) && Has(20):
                    TakeEstimate(feedback);
                    break;
                default:
                    break;
            }
        }

        private void AskForKeyframe(uint shown)
        {
            if (SourceOf(shown) is { } source && Has(FeedbackBytes))
                WriteFeedback(RtcpType.PayloadFeedback, PictureLossFormat, source, FeedbackBytes);
        }

        /// <remarks><code>| header, 12 | 'REMB' | count, 8 | exponent, 6 | mantissa, 18 | SSRCs |</code></remarks>
        private void TakeEstimate(ReadOnlySpan<byte> estimate)
        {
            estimate[..20].CopyTo(_into[Length..]);
            // Of everything that is sent: it names no source.
            _into[Length + 16] = 0;
            WriteFeedback(RtcpType.PayloadFeedback, ApplicationFormat, 0, 20);
        }

        private void WriteFeedback(byte type, int format, uint source, int length)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_into[(Length + 8)..], source);
            Length += RtcpWriter.WriteHeader(_into[Length..], format, type, length, ssrc);
        }
    }
}
