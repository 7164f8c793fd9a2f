using System.Buffers.Binary;
using Conference.Media.Rtp;
using Conference.Media.Selection;
using Conference.Media.Selection.Codecs;

namespace Conference.Media.Forwarding;

/// <summary>RTCP: what members say about what they get, and what this server says itself.</summary>
internal sealed partial class Forwarder<TSender>
{
    // A receiver that has missed more than this in one report needs a keyframe, not every packet.
    private const int MostMissesPerReport = 512;
    private const int RequestLength = 20;

    /// <summary>Takes up a compound from a member.</summary>
    /// <returns>How many bytes the others may have of it.</returns>
    private int HearReports(MediaPort from, Span<byte> slab, Span<byte> datagram, long now)
    {
        // What lies in the slab twice (the datagram and its copies to be sent) is never overwritten: answers are written behind it.
        var sink = new Sink(this, from, slab, now);
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

    /// <summary>A member has latched: everybody's next picture must be one it can begin with.</summary>
    private void Welcome(MediaPort to, Span<byte> slab, long now)
    {
        to.IsFresh = false;
        foreach (SourceStream stream in to.Service.Sources.Streams())
        {
            // Layers are asked for when one is chosen.
            if (stream.Port != to && stream.HasKeyframes && stream.Group is null)
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
        int handle = to.Handle;
        if (handle < 0)
            return;
        uint own = to.Service.Sources.OwnSsrc;
        Span<byte> request = Scratch(slab)[..RequestLength];
        request.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(request, 0x80C9_0001);
        BinaryPrimitives.WriteUInt32BigEndian(request[4..], own);
        BinaryPrimitives.WriteUInt32BigEndian(request[8..], 0x81CE_0002);
        BinaryPrimitives.WriteUInt32BigEndian(request[12..], own);
        BinaryPrimitives.WriteUInt32BigEndian(request[16..], to.Sources.Map(source.Shown));
        counters.KeyframesAsked++;
        SendOwn(to, handle, slab, RequestLength);
    }

    private void SendReport(MediaPort to, int handle, Span<byte> slab, OutgoingTrack track, long now)
    {
        Span<byte> report = Scratch(slab)[..TrackReport.Length];
        if (!TrackReport.TryWrite(report, track, now))
            return;
        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtcp, report);
        SendOwn(to, handle, slab, TrackReport.Length);
    }

    /// <summary>Sends a lost packet again, from the source's history.</summary>
    /// <returns>False when it cannot be, or not any more.</returns>
    private bool SendAgain(MediaPort to, OutgoingTrack? track, SourceStream? source, ushort outgoing, Span<byte> slab, long now)
    {
        ushort sequence = outgoing;
        if (track is not null && !track.TryInvert(outgoing, out sequence))
            return false;
        if ((track?.Current ?? source) is not { History: { } history } stream)
            return false;
        Span<byte> scratch = Scratch(slab);
        int length = history.Copy(sequence, scratch, now);
        if (length == 0 || !RtpPacket.TryParse(scratch[..length], out RtpPacket packet))
            return false;
        int handle = to.Handle;
        to.Nacks ??= new NackLedger();
        if (handle < 0 || !to.Nacks.Spend(stream.Shown, sequence, now) || !stream.Repairs.Spend(now))
            return false;
        if (track is not null)
        {
            PayloadReader.TryRead(stream.Codec, scratch.Slice(packet.PayloadOffset, packet.PayloadLength), out FrameFacts frame);
            var facts = new PacketFacts { Source = stream, Timestamp = packet.Timestamp, Sequence = sequence, PayloadAt = packet.PayloadOffset, Frame = frame };
            if (!track.TryAgain(facts, outgoing, out Rewrite rewrite))
                return false;
            rewrite.Apply(scratch[..length], facts, out _);
        }

        if (to.Sources.Renumbered > 0)
            SourceTable.Translate(to.Sources, DatagramKind.Rtp, scratch[..length]);
        SendOwn(to, handle, slab, length);
        return true;
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
    private void SendOwn(MediaPort to, int handle, Span<byte> slab, int length)
    {
        _own[0] = new Datagram(slab.Length - IBatchSender.ScratchBytes, length);
        var tally = default(SendTally);
        _sender.Send(handle, _own, counters, ref tally);
        to.Counters.Sent(tally);
    }

    /// <summary>What one member's RTCP comes to.</summary>
    private readonly ref struct Sink(Forwarder<TSender> forwarder, MediaPort from, Span<byte> slab, long now) : IRtcpSink
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
            if (source is not null && source.Port != from)
                forwarder.WishKeyframe(source, _slab, now);
        }

        public void Misses(uint ssrc, ReadOnlySpan<byte> entries)
        {
            from.Service.KeepsHistory = true;
            OutgoingTrack? track = from.Tracks?.BySsrc(ssrc);
            SourceStream? source = track is null ? Sources.StreamOf(ssrc) : null;
            if ((track is null && source is null) || source?.Port == from)
                return;
            int misses = 0;
            for (; entries.Length >= 4 && misses < MostMissesPerReport; entries = entries[4..])
            {
                ushort first = BinaryPrimitives.ReadUInt16BigEndian(entries);
                int mask = (BinaryPrimitives.ReadUInt16BigEndian(entries[2..]) << 1) | 1;
                for (; mask != 0; mask >>= 1, first++)
                {
                    if ((mask & 1) == 0)
                        continue;
                    misses++;
                    forwarder.CountNack(forwarder.SendAgain(from, track, source, first, _slab, now));
                }
            }
        }
    }
}
