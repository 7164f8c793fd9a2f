using System.Threading.Channels;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Media.Speech;
using Conference.Media.Streams;
using Conference.Media.Trunks;
using Conference.Protocol.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>Takes a batch from one port to everyone who is to have it. Pure but for the sender it is given.</summary>
/// <remarks>
/// Two halves. What is decided once per source (whose it is, what its packets are, what is kept for a NACK, who speaks) happens in
/// <see cref="Inspect"/>, on the source's loop, and travels in the datagrams. What is decided per receiver (layers, numbers) happens in
/// <see cref="Deliver"/> and is kept with the receiver, so that a copy of the batch may be delivered on another loop.
/// </remarks>
/// <typeparam name="TSender">The send step.</typeparam>
internal sealed class Forwarder<TSender>
    where TSender : struct, IBatchSender
{
    private readonly TSender _sender;
    private readonly LoopCounters _counters;
    private readonly ChannelWriter<MediaEvent>? _events;
    private readonly TrunkEnd? _trunks;
    private readonly OwnDatagrams<TSender> _own;
    private readonly KeyframeRequester<TSender> _keyframes;
    private readonly Feedback<TSender> _feedback;
    private readonly SelectedBatch _selected = new();
    private long _batches;

    /// <param name="sender">The send step.</param>
    /// <param name="trunks">This loop's end of them; null where there are none, and then no routes name other nodes.</param>
    public Forwarder(TSender sender, LoopCounters counters, ChannelWriter<MediaEvent>? events = null, TrunkEnd? trunks = null)
    {
        _sender = sender;
        _counters = counters;
        _events = events;
        _trunks = trunks;
        _own = new OwnDatagrams<TSender>(sender, counters, trunks);
        _keyframes = new KeyframeRequester<TSender>(_own, counters);
        _feedback = new Feedback<TSender>(_own, _keyframes, counters, trunks);
    }

    /// <summary>Forwards what <paramref name="from"/> sent, here and to other nodes. Reads the routes now, so it must be called after the receive.</summary>
    /// <param name="slab">The bytes, and behind them <see cref="IBatchSender.ScratchBytes"/>; SSRCs that are renumbered are rewritten in it.</param>
    /// <param name="batch">In order of arrival. Overwritten.</param>
    /// <param name="now">Microseconds, see <see cref="Clock"/>.</param>
    public void Forward(ClientPort from, Span<byte> slab, Span<Datagram> batch, long now)
    {
        RoomService service = from.Service;
        CountIn(from, service, batch);
        from.Roaming?.Strip(slab, batch);
        ServiceRoutes routes = service.Routes;
        int place = routes.IndexOf(from);
        if (place < 0)
        {
            Drop(from, DropReason.NoRoute, batch.Length);
            return;
        }

        ref readonly RouteEntry entry = ref routes.Entries[place];
        if (entry.Muted)
        {
            _feedback.ReadMuted(from, slab, batch, now);
            Drop(from, DropReason.Muted, batch.Length);
            return;
        }

        batch = Inspect(from, entry.Participant, slab, batch, now);
        if (batch.IsEmpty)
            return;
        // First, so that the other nodes work while this one serves its own.
        if (!routes.Outlets.IsEmpty)
            SendToNodes(from, routes, slab, batch, now);
        Deliver(from, place, entry.Participant, routes, slab, batch, now);
    }

    /// <summary>Forwards what a port on another node has sent to the members here, and to nobody else: its own node has sent it to every
    /// other that is to have it.</summary>
    /// <param name="slab">As in <see cref="Forward"/>.</param>
    public void Arrive(TrunkPort from, Span<byte> slab, Span<Datagram> batch, long now)
    {
        ServiceRoutes routes = from.Service.Routes;
        int place = routes.IndexOf(from);
        if (place < 0)
        {
            _trunks!.Drop(TrunkDropReason.NoRoute, batch.Length);
            return;
        }

        ref readonly RemoteEntry entry = ref routes.Remote[place];
        if (entry.Muted)
        {
            // On its way when it was muted.
            _counters.Drop(DropReason.Muted, batch.Length);
            return;
        }

        batch = Inspect(from, entry.Participant, slab, batch, now);
        if (!batch.IsEmpty)
            Deliver(from, place: -1, entry.Participant, routes, slab, batch, now);
    }

    /// <inheritdoc cref="OwnDatagrams{TSender}.Send"/>
    public void SendOwn(MediaPort to, Span<byte> slab, int length) => _own.Send(to, slab, length);

    /// <inheritdoc cref="Feedback{TSender}.ReadFromNode"/>
    public void ReadFeedback(TrunkPeer peer, ClientPort about, Span<byte> slab, Span<byte> rtcp, long now) =>
        _feedback.ReadFromNode(peer, about, slab, rtcp, now);

    /// <param name="place">The sender's among the entries, or -1 when it is not here.</param>
    private void Deliver(
        MediaPort from, int place, ParticipantId participant, ServiceRoutes routes, Span<byte> slab, Span<Datagram> batch, long now)
    {
        RoomService service = from.Service;
        ReadOnlySpan<RouteEntry> entries = routes.Entries;
        bool anyRenumbered = service.Sources.AnyRenumbered;
        bool hasGroup = from.Group is not null;
        var sent = default(SendTally);
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly RouteEntry entry = ref entries[i];
            MediaPort to = entry.Port;
            if (i == place)
                continue;
            int handle = to.Handle;
            if (handle < 0)
                continue;
            if (to.IsFresh)
                _keyframes.Welcome(to, slab, now);

            var tally = default(SendTally);
            bool isTranslated = anyRenumbered && to.Sources.Renumbered > 0;
            if (entry.IsSelective || hasGroup || to.Tracks is not null || (from.IsLayered && to.ReceiverPath.IsLimited))
                SendSelected(entry, routes, participant, handle, slab, batch, isTranslated, now, ref tally);
            else if (isTranslated)
                SendTranslated(to, handle, slab, batch, ref tally);
            else
                _sender.SendShared(handle, batch, _counters, ref tally);

            to.Counters.Sent(tally);
            sent.Datagrams += tally.Datagrams;
            sent.Bytes += tally.Bytes;
        }

        ref ServiceCounters total = ref _counters.Services[service.CounterIndex];
        total.DatagramsOut += sent.Datagrams;
        total.BytesOut += sent.Bytes;
    }

    /// <summary>One copy to every other node, in the sender's own numbers: each node keeps its rooms' sources apart itself, and knows
    /// the layers of a picture by the numbers their sender has named.</summary>
    private void SendToNodes(ClientPort from, ServiceRoutes routes, Span<byte> slab, ReadOnlySpan<Datagram> batch, long now)
    {
        foreach (TrunkOutlet to in routes.Outlets)
        {
            if (to.IsFresh && _trunks!.Reaches(to))
                _keyframes.Welcome(to, slab, now);
        }

        bool isRenumbered = from.Sources.Renumbered > 0;
        if (isRenumbered)
            TranslateAll(from.Sources, slab, batch);
        foreach (TrunkOutlet to in routes.Outlets)
            _trunks!.Send(to, from, slab, batch);
        if (isRenumbered)
            TranslateAll(from.Sources, slab, batch);
    }

    private void SendTranslated(MediaPort to, int handle, Span<byte> slab, ReadOnlySpan<Datagram> batch, ref SendTally tally)
    {
        TranslateAll(to.Sources, slab, batch);
        _sender.Send(handle, batch, _counters, ref tally);
        TranslateAll(to.Sources, slab, batch);
    }

    private static void TranslateAll(PortSources sources, Span<byte> slab, ReadOnlySpan<Datagram> batch)
    {
        foreach (ref readonly Datagram datagram in batch)
            SourceTable.Translate(sources, datagram.Kind, datagram.In(slab));
    }

    private void SendSelected(
        in RouteEntry entry, ServiceRoutes routes, ParticipantId participant, int handle, Span<byte> slab, ReadOnlySpan<Datagram> batch,
        bool isTranslated, long now, ref SendTally tally)
    {
        MediaPort to = entry.Port;
        Ranking ranking = to.Service.Speakers.Now;
        OutgoingTracks? tracks = to.Tracks;
        if (tracks is null)
        {
            to.Tracks = tracks = new OutgoingTracks(to.ReceiverPath);
            // From now on numbers may differ; what it has had so far goes on where it is.
            if (to.Counters.DatagramsOut + to.Relayed.DatagramsOut > 0)
                tracks.Adopt(to.Service.Sources.Streams(), _batches);
        }

        tracks.Follow(entry, routes, ranking);
        if (!tracks.Selects(entry, participant))
            return;
        tracks.Select(slab, batch, entry, now, _selected);
        ReadOnlySpan<Datagram> run = _selected.Run;
        if (isTranslated)
            SendTranslated(to, handle, slab, run, ref tally);
        else if (!run.IsEmpty)
            _sender.Send(handle, run, _counters, ref tally);
        _selected.Restore(slab);
        _counters.LayerSwitches += _selected.SwitchedTracks.Length;
        foreach (OutgoingTrack? track in _selected.SwitchedTracks)
            _feedback.SendReport(to, slab, track!, now);
        foreach (SourceStream? source in _selected.Asks)
            _keyframes.Wish(source!, slab, now);
    }

    private Span<Datagram> Inspect(MediaPort from, ParticipantId participant, Span<byte> slab, Span<Datagram> batch, long now)
    {
        SourceTable sources = from.Service.Sources;
        long refused = sources.Refused;
        _batches++;
        int kept = 0;
        int empty = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            Datagram datagram = batch[i];
            if (datagram.Length == 0)
            {
                empty++;
                continue;
            }

            Span<byte> bytes = datagram.In(slab);
            datagram.Kind = sources.Inspect(from.Sources, bytes, from.Group, now, out RtpPacket packet, out int index);
            datagram.Facts = default;
            if (index >= 0)
                Describe(from, participant, index, packet, slab, ref datagram, now);
            else if (datagram.Kind == DatagramKind.Rtcp)
                datagram.Length = _feedback.Read(from, slab, bytes, now);
            else if (packet.PayloadOffset == 0)
                from.LastOpaque = now;
            if (datagram.Length > 0)
                batch[kept++] = datagram;
        }

        _counters.SourcesRefused += sources.Refused - refused;
        if (empty > 0)
            Drop(from, DropReason.Empty, empty);
        return batch[..kept];
    }

    private void Describe(
        MediaPort from, ParticipantId participant, int index, in RtpPacket packet, Span<byte> slab, ref Datagram datagram, long now)
    {
        ref PortSources.Source source = ref from.Sources.All[index];
        Span<byte> bytes = datagram.In(slab);
        if (!source.IsBelieved)
        {
            source.Opening.Read(packet, bytes, now);
            return;
        }

        if (source.Stream is not { } stream)
            source.Stream = stream = new SourceStream(from, source.Shown, source.Opening);
        SimulcastGroup? group = from.Group;
        if (group != stream.Group)
        {
            int layer = group?.IndexOf(source.Ssrc) ?? -1;
            stream.Join(layer < 0 ? null : group, layer);
        }

        stream.Describe(packet, bytes, _batches, now, out datagram.Facts);
        from.IsLayered |= stream.IsLayered;
        if (from.Service.KeepsHistory)
            stream.Keep(datagram.Facts, bytes, _counters.Packets, now);
        if (stream.Requests.IsDue(now))
            _keyframes.Request(stream, slab, now);
        // The beginning may have come before anybody here was there, or while its sender was muted; and what explains all the rest may have
        // been in the very first packet, which nobody believed.
        if (stream.LacksBeginning && stream.Group is null)
            _keyframes.Wish(stream, slab, now);
        if (stream.Codec == Codecs.Codec.Audio)
            RankSpeaker(stream, participant, now);
    }

    private void RankSpeaker(SourceStream stream, ParticipantId participant, long now)
    {
        SpeakerBoard board = stream.Port.Service.Speakers;
        if (!stream.IsOnBoard)
        {
            board.Add(stream, participant);
            stream.IsOnBoard = true;
        }

        if (board.Decide(now, out ParticipantId speaker) is { } source)
            _events?.TryWrite(new MediaEvent.SpeakerChanged(source.Port.Service.Room, source.Port.Id, speaker));
    }

    private void CountIn(MediaPort from, RoomService service, ReadOnlySpan<Datagram> batch)
    {
        long bytes = 0;
        foreach (ref readonly Datagram datagram in batch)
            bytes += datagram.Length;
        from.Counters.DatagramsIn += batch.Length;
        from.Counters.BytesIn += bytes;
        ref ServiceCounters total = ref _counters.Services[service.CounterIndex];
        total.DatagramsIn += batch.Length;
        total.BytesIn += bytes;
    }

    private void Drop(MediaPort from, DropReason reason, int count)
    {
        // A room's drops are what somebody misses.
        if (!reason.IsIntended())
            from.Counters.Dropped += count;
        _counters.Drop(reason, count);
    }
}
