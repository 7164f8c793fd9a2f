using Conference.Media.Forwarding;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Media.Speech;

namespace Conference.Media.Streams;

/// <summary>The tracks of one receiver that does not simply get everything. Belongs to the receiver's loop.</summary>
/// <param name="path">The receiver's.</param>
internal sealed class OutgoingTracks(ReceiverPath path)
{
    private const long CountInterval = Clock.Second / 2;

    private readonly Dictionary<object, OutgoingTrack> _tracks = [];
    private ServiceRoutes? _routes;
    private Ranking? _ranking;
    private int _pictures;
    private long _countedAt = -CountInterval;
    private ParticipantId[] _selectedSpeakers = [];
    private OutgoingTrack[] _snapshot = [];

    /// <summary>For whoever is on another thread: the tracks as they were when one last came or went.</summary>
    public OutgoingTrack[] Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The track the receiver knows by this number.</summary>
    public OutgoingTrack? BySsrc(uint ssrc)
    {
        foreach (OutgoingTrack track in _snapshot)
        {
            if (track.Ssrc == ssrc)
                return track;
        }

        return null;
    }

    /// <summary>The track a source goes into.</summary>
    public OutgoingTrack? Of(SourceStream source) => _tracks.GetValueOrDefault((object?)source.Group ?? source);

    /// <summary>The receiver has had these streams untouched so far.</summary>
    /// <param name="batch">The one on its way, which it has not had.</param>
    public void Adopt(IEnumerable<SourceStream> streams, long batch)
    {
        foreach (SourceStream stream in streams)
        {
            if (stream.Group is null && Of(stream) is null)
                _tracks.Add(stream, new OutgoingTrack(stream, true, stream.ForwardedBefore(batch)));
        }

        Volatile.Write(ref _snapshot, [.. _tracks.Values]);
    }

    /// <summary>Whom the receiver hears may have changed: what it is not to have any more pauses.</summary>
    public void Follow(in RouteEntry receiver, ServiceRoutes routes, Ranking ranking)
    {
        if (_routes == routes && _ranking == ranking)
            return;
        (_routes, _ranking) = (routes, ranking);
        _selectedSpeakers = receiver.StreamSelection == StreamSelection.Speakers ? receiver.SelectedSpeakers(routes, ranking) : [];
        foreach ((object key, OutgoingTrack track) in _tracks)
        {
            if (IsOver(track) || !routes.TryFind(track.Origin.Port, out ParticipantId whose))
                _tracks.Remove(key);
            else if (!Selects(receiver, whose))
                track.Pause();
        }

        if (_snapshot.Length != _tracks.Count)
            Volatile.Write(ref _snapshot, [.. _tracks.Values]);
    }

    /// <summary>Whether the receiver is to have what a participant sends; true to what <see cref="Follow"/> was last told.</summary>
    public bool Selects(in RouteEntry receiver, ParticipantId who) => receiver.StreamSelection switch
    {
        StreamSelection.Everyone => true,
        StreamSelection.Only => receiver.OnlyFrom == who,
        _ => Array.IndexOf(_selectedSpeakers, who) >= 0,
    };

    /// <summary>Decides for a batch.</summary>
    /// <param name="slab">The bytes; rewritten until <see cref="SelectedBatch.Restore"/>.</param>
    /// <param name="batch">What came.</param>
    /// <param name="receiver">What the receiver wants.</param>
    /// <param name="now">When.</param>
    /// <param name="selected">What to send, filled in here.</param>
    public void Select(Span<byte> slab, ReadOnlySpan<Datagram> batch, in RouteEntry receiver, long now, SelectedBatch selected)
    {
        selected.Clear(batch.Length);
        foreach (ref readonly Datagram datagram in batch)
        {
            if (datagram.Kind == DatagramKind.Rtcp)
                selected.AddReport(slab, datagram, this);
            else if (datagram.Facts.Source is null)
                selected.AddUntouched(datagram);
            else
                Select(slab, datagram, receiver, now, selected);
        }
    }

    private void Select(Span<byte> slab, in Datagram datagram, in RouteEntry receiver, long now, SelectedBatch selected)
    {
        SourceStream source = datagram.Facts.Source!;
        OutgoingTrack track = TrackOf(source);
        long switches = track.Switches;
        TrackWish wish = Wish(track, source, receiver, now);
        bool send = track.Take(datagram.Facts, datagram.Length, wish, now, out Rewrite rewrite, out SourceStream? ask);
        if (ask is not null)
            selected.Ask(ask);
        if (!send)
            return;
        if (track.Switches != switches)
            selected.Switched(track);
        selected.Add(slab, datagram, rewrite);
    }

    private OutgoingTrack TrackOf(SourceStream source)
    {
        if (Of(source) is { } track)
            return track;
        // One that came may have taken the place of one that went.
        ForgetGone();
        // Of a source that has only just begun everybody has had the first packets, before it was believed to be one.
        bool isNew = source.Reception.Packets <= SourceStream.NewPackets;
        _countedAt = -CountInterval;
        track = new OutgoingTrack(source, isNew, source.HighestBefore);
        _tracks.Add((object?)source.Group ?? source, track);
        Volatile.Write(ref _snapshot, [.. _tracks.Values]);
        return track;
    }

    /// <summary>Nothing will come for it any more. A group goes on without the source it was made for.</summary>
    private static bool IsOver(OutgoingTrack track) =>
        track.Group is null ? track.Origin.IsGone || track.Origin.Group is not null : track.Origin.Port.Group != track.Group;

    private void ForgetGone()
    {
        foreach ((object key, OutgoingTrack track) in _tracks)
        {
            if (IsOver(track))
                _tracks.Remove(key);
        }
    }

    /// <summary>What a receiver wants of a track, within what its path takes: that is shared evenly among the pictures that can be made less.</summary>
    private TrackWish Wish(OutgoingTrack track, SourceStream source, in RouteEntry receiver, long now)
    {
        Count(now);
        int share = path.IsLimited ? Math.Max(1, path.Limit / _pictures) : 0;
        int layer = track.Group is null ? 0 : Layer(track, receiver, share, now);
        if (share == 0 || source != track.Current || !source.IsLayered)
            return new TrackWish(receiver.Rate, layer);
        int rate = TemporalChoice.Choose(source, track.Limit.Layer, share, out int next);
        if (next > 0)
            path.Wants((double)next * _pictures);
        return new TrackWish(rate == 0 ? receiver.Rate : receiver.Rate == 0 ? rate : Math.Min(rate, receiver.Rate), layer);
    }

    private int Layer(OutgoingTrack track, in RouteEntry receiver, int share, long now)
    {
        int ceiling = receiver.Bitrate == 0 ? 0 : Math.Max(1, receiver.Bitrate / _pictures);
        int budget = share == 0 ? ceiling : ceiling == 0 ? share : Math.Min(share, ceiling);
        int layer = SimulcastChoice.Choose(track.Group!, track.Current?.Layer ?? -1, receiver.Compression, budget, now, out int next);
        if (share > 0 && next > 0 && (ceiling == 0 || next <= ceiling))
            path.Wants((double)next * _pictures);
        return layer;
    }

    private void Count(long now)
    {
        if (now - _countedAt < CountInterval)
            return;
        _countedAt = now;
        _pictures = 0;
        foreach (OutgoingTrack track in _snapshot)
        {
            if (track.CanBeLess(now))
                _pictures++;
        }

        _pictures = Math.Max(1, _pictures);
    }
}
