using System.Buffers.Binary;
using Conference.Media.Codecs;
using Conference.Media.Rtp;
using Conference.Media.Streams;
using Conference.Media.Trunks;
using Conference.Protocol.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>RTCP: what members say about what they get, and what this server says itself.</summary>
internal sealed partial class Forwarder<TSender>
{
    // A receiver that has missed more than this in one report needs a keyframe, not every packet.
    private const int MostMissesPerReport = 512;

    /// <summary>Takes up a compound from a member.</summary>
    /// <returns>How many bytes the others may have of it.</returns>
    private int HearReports(MediaPort from, Span<byte> slab, Span<byte> datagram, long now)
    {
        // What lies in the slab twice (the datagram and its copies to be sent) is never overwritten: answers are written behind it.
        var sink = new Sink(this, from, about: null, slab, now);
        return RtcpIntake.Read(datagram, ref sink);
    }

    private void HearFeedback(MediaPort from, Span<byte> slab, ReadOnlySpan<Datagram> batch, long now)
    {
        foreach (ref readonly Datagram datagram in batch)
        {
            Span<byte> bytes = datagram.In(slab);
            if (RtpPacket.LooksLikeRtcp(bytes) && from.Service.Sources.Inspect(from.Sources, bytes) == DatagramKind.Rtcp)
                HearReports(from, slab, bytes, now);
        }
    }

    /// <summary>A member has latched, or another node has come in: everybody's next picture must be one it can begin with.</summary>
    private void Welcome(MediaPort to, Span<byte> slab, long now)
    {
        to.IsFresh = false;
        foreach (SourceStream stream in to.Service.Sources.Streams())
        {
            // Layers are asked for when one is chosen. A node gets from here what members here send.
            if (stream.Port != to && stream.HasKeyframes && stream.Group is null && !(to is TrunkOutlet && stream.Port is TrunkPort))
                WishKeyframe(stream, slab, now);
        }
    }

    private void WishKeyframe(SourceStream source, Span<byte> slab, long now)
    {
        if (!source.IsGone && source.Codec != Codec.Audio && source.Requests.Wish(now))
            SendKeyframeRequest(source, slab);
    }

    /// <summary>An empty receiver report and a picture loss indication, RFC 4585 section 6.3.1, in the sender's own numbers.</summary>
    /// <remarks>To be called on the sender's loop; a receiver on another loop leaves its wish in <see cref="SourceStream.Requests"/>.</remarks>
    private void SendKeyframeRequest(SourceStream source, Span<byte> slab)
    {
        MediaPort to = source.Port;
        if (to is not TrunkPort && to.Handle < 0)
            return;
        uint own = to.Service.Sources.OwnSsrc;
        Span<byte> request = Scratch(slab);
        int length = RtcpWriter.WriteReceiverReport(request, own, []);
        length += RtcpWriter.WritePictureLoss(request[length..], own, to.Sources.Map(source.Shown));
        if (to is not TrunkPort)
            counters.KeyframesAsked++;
        SendOwn(to, slab, length);
    }

    private void SendReport(MediaPort to, Span<byte> slab, OutgoingTrack track, long now)
    {
        Span<byte> report = Scratch(slab)[..SenderInfo.ReportLength];
        if (!TrackReport.TryWrite(report, track, now))
            return;
        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtcp, report);
        SendOwn(to, slab, SenderInfo.ReportLength);
    }

    /// <summary>Sends a lost packet again, from the source's history.</summary>
    /// <param name="to">A receiver, or the node that asks for its receivers.</param>
    /// <param name="track">Of the receiver, where it has one.</param>
    /// <param name="stream">What it misses something of.</param>
    /// <param name="outgoing">The packet, as the receiver numbers them.</param>
    /// <param name="sequence">As the source does; only where it is not here.</param>
    private Repair SendAgain(
        MediaPort to, OutgoingTrack? track, SourceStream stream, ushort outgoing, Span<byte> slab, long now, out ushort sequence)
    {
        sequence = outgoing;
        if (track is not null && !track.TryInvert(outgoing, out sequence))
            return Repair.Refused;
        Span<byte> scratch = Scratch(slab);
        int length = stream.History?.Copy(sequence, scratch, now) ?? 0;
        if (length == 0 || !RtpPacket.TryParse(scratch[..length], out RtpPacket packet))
            return Repair.NotHere;
        to.Nacks ??= new NackLedger();
        if ((to.Handle < 0 && to is not TrunkOutlet) || !to.Nacks.Spend(stream.Shown, sequence, now) || !stream.Repairs.Spend(now))
            return Repair.Refused;
        if (to is TrunkOutlet node)
        {
            SendToNode(node, stream.Port, slab, length);
            return Repair.Sent;
        }

        if (track is not null)
        {
            PayloadReader.TryRead(stream.Codec, scratch.Slice(packet.PayloadOffset, packet.PayloadLength), out FrameFacts frame);
            var facts = new PacketFacts { Source = stream, Timestamp = packet.Timestamp, Sequence = sequence, PayloadAt = packet.PayloadOffset, Frame = frame };
            if (!track.TryAgain(facts, outgoing, out Rewrite rewrite))
                return Repair.Refused;
            rewrite.Apply(scratch[..length], facts, out _);
        }

        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtp, scratch[..length]);
        SendOwn(to, slab, length);
        return Repair.Sent;
    }

    /// <summary>Sends a receiver what it has missed; what is not here and comes from another node that one is asked for.</summary>
    private void Repeat(MediaPort to, OutgoingTrack? track, SourceStream stream, ReadOnlySpan<byte> entries, Span<byte> slab, long now)
    {
        int misses = 0;
        int notHere = 0;
        var elsewhere = stream.Port as TrunkPort;
        for (; entries.Length >= 4 && misses < MostMissesPerReport; entries = entries[4..])
        {
            ushort first = BinaryPrimitives.ReadUInt16BigEndian(entries);
            int mask = (BinaryPrimitives.ReadUInt16BigEndian(entries[2..]) << 1) | 1;
            for (; mask != 0; mask >>= 1, first++)
            {
                if ((mask & 1) == 0)
                    continue;
                misses++;
                Repair repair = SendAgain(to, track, stream, first, slab, now, out ushort sequence);
                if (repair == Repair.NotHere && elsewhere is not null && notHere < _missed.Length)
                    _missed[notHere++] = sequence;
                else
                    CountNack(repair == Repair.Sent);
            }
        }

        if (notHere > 0)
            AskForMissed(stream, elsewhere!, _missed.AsSpan(0, notHere), slab, now);
    }

    private void CountNack(bool answered)
    {
        if (answered)
            counters.NacksAnswered++;
        else
            counters.NacksUnanswered++;
    }

    private static Span<byte> Scratch(Span<byte> slab) => slab[^IBatchSender.ScratchBytes..];

    /// <summary>Sends what has been written into the scratch.</summary>
    private void SendOwn(MediaPort to, Span<byte> slab, int length)
    {
        if (to is TrunkPort elsewhere)
        {
            trunks!.SendFeedback(elsewhere, slab, Own(slab, length));
            return;
        }

        // Whoever has gone meanwhile needs it no more.
        int handle = to.Handle;
        if (handle < 0)
            return;
        var tally = default(SendTally);
        _sender.Send(handle, Own(slab, length), counters, ref tally);
        to.Counters.Sent(tally);
    }

    private ReadOnlySpan<Datagram> Own(Span<byte> slab, int length)
    {
        _own[0] = new Datagram(slab.Length - IBatchSender.ScratchBytes, length);
        return _own;
    }

    private enum Repair
    {
        Sent,

        /// <summary>Not any more, or never received.</summary>
        NotHere,

        /// <summary>Asked for too often, or never meant for this receiver.</summary>
        Refused,
    }

    /// <summary>What the RTCP of one member comes to, or of one node.</summary>
    /// <param name="from">Who says it.</param>
    /// <param name="about">The only port it may be about; null for all but its own.</param>
    private readonly ref struct Sink(Forwarder<TSender> forwarder, MediaPort from, MediaPort? about, Span<byte> slab, long now) : IRtcpSink
    {
        private readonly Span<byte> _slab = slab;

        private SourceTable Sources => from.Service.Sources;

        public bool IsForeign(uint ssrc) => Sources.IsForeign(from.Sources, ssrc);

        public void Reported(uint ssrc, ulong ntp, uint timestamp)
        {
            if (Sources.StreamOf(ssrc) is { } stream && stream.Port == from)
                stream.Reported(new SenderReport(ntp, timestamp, now));
        }

        public void Lost(uint ssrc, byte fraction)
        {
            from.Service.KeepsHistory = true;
            if (from.Tracks is { } tracks && tracks.BySsrc(ssrc) is { Current: { } source })
                tracks.Path.Lost(Math.Max(0, (fraction / 256.0) - source.Reception.RecentLoss), now);
        }

        public void Takes(double kilobits) => from.Tracks?.Path.Remb(kilobits, now);

        public void WantsKeyframe(uint ssrc)
        {
            from.Service.KeepsHistory = true;
            SourceStream? source = from.Tracks?.BySsrc(ssrc)?.Current ?? Sources.StreamOf(ssrc);
            if (source is not null && MayAsk(source))
                forwarder.WishKeyframe(source, _slab, now);
        }

        public void Misses(uint ssrc, ReadOnlySpan<byte> entries)
        {
            from.Service.KeepsHistory = true;
            OutgoingTrack? track = from.Tracks?.BySsrc(ssrc);
            SourceStream? source = track is null ? Sources.StreamOf(ssrc) : track.Current;
            if (source is not null && MayAsk(source))
                forwarder.Repeat(from, track, source, entries, _slab, now);
        }

        private bool MayAsk(SourceStream source) => about is null ? source.Port != from : source.Port == about;
    }
}
