using System.Buffers.Binary;
using Conference.Media.Codecs;
using Conference.Media.Rtp;
using Conference.Media.Streams;
using Conference.Media.Trunks;
using Conference.Protocol.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>RTCP: takes up what members say about what they get, sends again what they miss, and reports to them.</summary>
internal sealed class Feedback<TSender>(OwnDatagrams<TSender> own, KeyframeRequester<TSender> keyframes, LoopCounters counters, TrunkEnd? trunks)
    where TSender : struct, IBatchSender
{
    // A receiver that has missed more than this in one report needs a keyframe, not every packet.
    private const int MostMissesPerReport = 512;

    private readonly ushort[] _missed = new ushort[MostMissesPerReport];

    /// <summary>Takes up a compound from a member.</summary>
    /// <returns>How many bytes the others may have of it.</returns>
    public int Read(MediaPort from, Span<byte> slab, Span<byte> datagram, long now)
    {
        // What lies in the slab twice (the datagram and its copies to be sent) is never overwritten: answers are written behind it.
        var sink = new Sink(this, from, about: null, slab, now);
        return RtcpIntake.Read(datagram, ref sink);
    }

    /// <summary>Takes up the RTCP of a member who is muted: that one still sees the others, and must be able to say what is missing.</summary>
    public void ReadMuted(MediaPort from, Span<byte> slab, ReadOnlySpan<Datagram> batch, long now)
    {
        foreach (ref readonly Datagram datagram in batch)
        {
            Span<byte> bytes = datagram.In(slab);
            if (RtpPacket.LooksLikeRtcp(bytes) && SourceTable.InspectRtcp(from.Sources, bytes))
                Read(from, slab, bytes, now);
        }
    }

    /// <summary>Takes up what another node asks of a member's sources on behalf of its own members.</summary>
    /// <param name="about">The member's port.</param>
    /// <param name="rtcp">In the numbers that member gives its sources.</param>
    public void ReadFromNode(TrunkPeer peer, ClientPort about, Span<byte> slab, Span<byte> rtcp, long now)
    {
        if (about.Service.Routes.OutletTo(peer) is not { } outlet)
        {
            trunks!.Drop(TrunkDropReason.NoRoute);
            return;
        }

        if (!RtcpCompound.TryParse(rtcp, out _))
        {
            trunks!.Drop(TrunkDropReason.Malformed);
            return;
        }

        if (about.Sources.Renumbered > 0)
            RtcpSsrcs.Rewrite(rtcp, about.Sources);
        var sink = new Sink(this, outlet, about, slab, now);
        RtcpIntake.Read(rtcp, ref sink);
    }

    /// <summary>Tells a receiver how its numbers of a track and the time belong together.</summary>
    public void SendReport(MediaPort to, Span<byte> slab, OutgoingTrack track, long now)
    {
        Span<byte> report = OwnDatagrams<TSender>.Scratch(slab)[..SenderInfo.ReportLength];
        if (!TrackReport.TryWrite(report, track, now))
            return;
        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtcp, report);
        own.Send(to, slab, SenderInfo.ReportLength);
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
        Span<byte> scratch = OwnDatagrams<TSender>.Scratch(slab);
        int length = stream.History?.Copy(sequence, scratch, now) ?? 0;
        if (length == 0 || !RtpPacket.TryParse(scratch[..length], out RtpPacket packet))
            return Repair.NotHere;
        to.Nacks ??= new NackLedger();
        if ((to.Handle < 0 && to is not TrunkOutlet) || !to.Nacks.Spend(stream.Shown, sequence, now) || !stream.Repairs.Spend(now))
            return Repair.Refused;
        if (to is TrunkOutlet node)
        {
            own.SendToNode(node, stream.Port, slab, length);
            return Repair.Sent;
        }

        if (track is not null)
        {
            FrameFacts frame = stream.Reread(scratch.Slice(packet.PayloadOffset, packet.PayloadLength));
            var facts = new PacketFacts { Source = stream, Timestamp = packet.Timestamp, Sequence = sequence, PayloadAt = packet.PayloadOffset, Frame = frame };
            if (!track.TryAgain(facts, outgoing, out Rewrite rewrite))
                return Repair.Refused;
            rewrite.Apply(scratch[..length], facts, out _);
        }

        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtp, scratch[..length]);
        own.Send(to, slab, length);
        return Repair.Sent;
    }

    /// <summary>Sends a receiver what it has missed; what is not here and comes from another node that one is asked for.</summary>
    private void Repeat(MediaPort to, OutgoingTrack? track, SourceStream stream, ReadOnlySpan<byte> entries, Span<byte> slab, long now)
    {
        int misses = 0;
        int notHere = 0;
        int repeated = 0;
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
                if (repair == Repair.Sent)
                    repeated++;
            }
        }

        if (repeated > 0)
            to.ReceiverPath.Missed(repeated, to.Sent, now);
        if (notHere > 0)
            AskForMissed(stream, elsewhere!, _missed.AsSpan(0, notHere), slab, now);
    }

    private void WishKeyframe(SourceStream source, Span<byte> slab, long now) => keyframes.Wish(source, slab, now);

    private void CountNack(bool answered)
    {
        if (answered)
            counters.NacksAnswered++;
        else
            counters.NacksUnanswered++;
    }

    /// <summary>Asks the node of a source for packets that receivers here miss, unless it was just asked.</summary>
    private void AskForMissed(SourceStream source, TrunkPort port, ReadOnlySpan<ushort> missed, Span<byte> slab, long now)
    {
        int count = 0;
        Span<ushort> asked = stackalloc ushort[missed.Length];
        foreach (ushort sequence in missed)
        {
            if (port.Asked.Spend(source.Shown, sequence, now))
                asked[count++] = sequence;
        }

        if (count == 0)
            return;
        SourceTable table = port.Service.Sources;
        int length = RtcpWriter.WriteNack(OwnDatagrams<TSender>.Scratch(slab), table.OwnSsrc, port.Sources.Map(source.Shown), asked[..count]);
        own.Send(port, slab, length);
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
    private readonly ref struct Sink(Feedback<TSender> feedback, MediaPort from, MediaPort? about, Span<byte> slab, long now) : IRtcpSink
    {
        private readonly Span<byte> _slab = slab;

        private SourceTable Sources => from.Service.Sources;

        public bool IsForeign(uint ssrc) => Sources.IsForeign(from.Sources, ssrc);

        public void Reported(uint ssrc, ulong ntp, uint timestamp)
        {
            if (Sources.StreamOf(ssrc) is { } stream && stream.Port == from)
                stream.Reported(new SenderReport(ntp, timestamp, now));
        }

        public void Received(in ReportBlock block)
        {
            from.Service.KeepsHistory = true;
            // Sound is never made less, and what is lost of it says little: there are few packets.
            if (SourceOf(block.Ssrc) is not { } source || source.Codec == Codec.Audio || source.Port == from)
                return;
            double fraction = Math.Max(0, (block.FractionLost / 256.0) - source.Reception.RecentLoss);
            from.ReceiverPath.Reported(block.Ssrc, block.ExtendedHighest, fraction, from.Sent, now);
        }

        public void Left(uint ssrc) => SourceTable.Leave(from.Sources, ssrc, now);

        public void Takes(double kilobits) => from.ReceiverPath.Remb(kilobits, from.Sent, now);

        public void WantsKeyframe(uint ssrc)
        {
            from.Service.KeepsHistory = true;
            if (SourceOf(ssrc) is { } source && MayAsk(source))
                feedback.WishKeyframe(source, _slab, now);
        }

        public void Misses(uint ssrc, ReadOnlySpan<byte> entries)
        {
            from.Service.KeepsHistory = true;
            OutgoingTrack? track = from.Tracks?.BySsrc(ssrc);
            SourceStream? source = track is null ? Sources.StreamOf(ssrc) : track.Current;
            if (source is not null && MayAsk(source))
                feedback.Repeat(from, track, source, entries, _slab, now);
        }

        private SourceStream? SourceOf(uint ssrc) => from.Tracks?.BySsrc(ssrc)?.Current ?? Sources.StreamOf(ssrc);

        private bool MayAsk(SourceStream source) => about is null ? source.Port != from : source.Port == about;
    }
}
