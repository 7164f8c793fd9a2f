using Conference.Media.Codecs;
using Conference.Media.Layers;

namespace Conference.Media.Streams;

/// <summary>What one receiver wants of a track now.</summary>
/// <param name="Rate">Frames a second at most; 0 for all.</param>
/// <param name="Layer">The simulcast layer to have; ignored where there are none.</param>
internal readonly record struct TrackWish(int Rate, int Layer);

/// <summary>
/// One source, or the layers of one picture, as one receiver gets it: which packets, and under which numbers. Belongs to the
/// receiver's loop.
/// </summary>
internal sealed class OutgoingTrack
{
    /// <summary>Nothing for so long is a picture that stands still.</summary>
    private const long Stalled = 2 * Clock.Second;

    private readonly SequenceMap _map = new();
    private readonly FrameLog _frames = new();
    private readonly LayerRates _sent = new();
    private TemporalLimit _limit;
    private SourceStream? _current;
    private bool _isPaused;
    private ushort _pictureIdOffset;
    private byte _tl0Offset;
    private ushort _lastPictureId;
    private byte _lastTl0;
    private uint _timestampOffset;
    private uint _lastTimestamp;
    private long _lastFrameAt;
    private long _lastSentAt;
    private bool _lastDropped;
    private uint _lastSeen;

    /// <param name="source">The first of its packets' source.</param>
    /// <param name="isContinuing">The receiver has had this stream before, untouched, up to <paramref name="highest"/>: it has a picture already.</param>
    /// <param name="highest">The last sequence number it may have been sent.</param>
    public OutgoingTrack(SourceStream source, bool isContinuing, ushort highest)
    {
        Group = source.Group;
        Origin = source;
        if (Group is not null)
            return;
        _current = source;
        if (!isContinuing)
            return;
        _map.Restart((ushort)(highest + 1), (ushort)(highest + 1));
        _limit.Continue();
    }

    /// <summary>The source it was made for; of a group any of its sources.</summary>
    public SourceStream Origin { get; }

    public SimulcastGroup? Group { get; }

    /// <summary>The source that is sent now; null before the first keyframe of a group.</summary>
    public SourceStream? Current => _current;

    public uint Ssrc => Group?.Ssrc ?? Origin.Shown;

    public uint TimestampOffset => _timestampOffset;

    /// <summary>The temporal layer let through, and whether frames come in runs.</summary>
    public TemporalLimit Limit => _limit;

    /// <summary>Changes between layers so far.</summary>
    public long Switches { get; private set; }

    public long Packets { get; private set; }

    public long PayloadBytes { get; private set; }

    public long LastWish { get; set; }

    public bool IsPaused => _isPaused;

    /// <summary>Frames a second that were sent of late; null while that is not known.</summary>
    public double? RateNow(long now) =>
        !_sent.IsMeasured ? null : now - Volatile.Read(ref _lastSentAt) > Stalled ? 0 : _sent.UpTo(0);

    /// <summary>It is a picture that comes now and of which less can be sent.</summary>
    public bool CanBeLess(long now) => !_isPaused && (Group?.IsFlowing(now) ?? (Origin.IsLayered && now - Origin.LastHeard <= Clock.Second));

    /// <summary>The receiver is not sent this for now. When it is again, it goes on without a gap, from a keyframe.</summary>
    public void Pause()
    {
        _isPaused = true;
        _limit.AwaitKeyframe();
    }

    /// <summary>Decides for one packet.</summary>
    /// <param name="facts">Of a source of this track.</param>
    /// <param name="bytes">The datagram's length.</param>
    /// <param name="wish">What the receiver wants.</param>
    /// <param name="now">When.</param>
    /// <param name="rewrite">How it must read.</param>
    /// <param name="ask">The source to ask for a keyframe, or null.</param>
    /// <returns>True to send it.</returns>
    public bool Take(in PacketFacts facts, int bytes, TrackWish wish, long now, out Rewrite rewrite, out SourceStream? ask)
    {
        rewrite = default;
        ask = null;
        SourceStream source = facts.Source!;
        if (source != _current && !TrySwitch(source, facts, wish, now, out ask))
            return false;
        if (Group is not null && ask is null)
            ask = WishForLayer(wish, now);
        if (_isPaused)
        {
            _isPaused = false;
            _frames.Clear();
            if (_map.IsStarted)
                _map.Restart(facts.Sequence, _map.Next);
        }

        if (!_map.Admit(facts.Sequence, facts.Frame.Is(FrameMarks.Start) && facts.Frame.Is(FrameMarks.Keyframe | FrameMarks.Parameters)))
            return false;
        bool isAhead = _map.IsAhead(facts.Sequence);
        FrameLog.Entry frame = DecideFrame(facts, isAhead, wish, now, ref ask);
        bool gapIsDropped = _lastDropped && !frame.Forwarded && _lastSeen == facts.Timestamp;
        Fate fate = _map.Decide(facts.Sequence, frame.Forwarded, gapIsDropped, out ushort sequence);
        if (isAhead)
            (_lastDropped, _lastSeen) = (!frame.Forwarded, facts.Timestamp);
        if (fate is not (Fate.Sent or Fate.Void))
            return false;
        // A hole is filled only where the frame before it is known to the receiver.
        bool isFiller = fate == Fate.Void;
        if (isFiller && (Packets == 0 || bytes < Rewrite.FillerLength))
            return false;
        rewrite = new Rewrite
        {
            Ssrc = Ssrc,
            Sequence = sequence,
            TimestampOffset = _timestampOffset,
            PictureIdOffset = frame.PictureIdOffset,
            Tl0Offset = frame.Tl0Offset,
            IsFiller = isFiller,
            FillerTimestamp = _lastTimestamp,
        };
        Packets++;
        Volatile.Write(ref _lastSentAt, now);
        if (!isFiller && !facts.Frame.Is(FrameMarks.Auxiliary))
            _sent.Packet(facts.Timestamp + _timestampOffset, layer: 0, bytes);
        PayloadBytes += isFiller ? 0 : bytes - facts.PayloadAt;
        return true;
    }

    /// <summary>How a packet that is sent again must read; false when the receiver was never meant to have it.</summary>
    public bool TryAgain(in PacketFacts facts, ushort outgoing, out Rewrite rewrite)
    {
        bool isKnown = _frames.TryFind(facts.Timestamp, out FrameLog.Entry frame);
        rewrite = new Rewrite
        {
            Ssrc = Ssrc,
            Sequence = outgoing,
            TimestampOffset = _timestampOffset,
            PictureIdOffset = isKnown ? frame.PictureIdOffset : _pictureIdOffset,
            Tl0Offset = isKnown ? frame.Tl0Offset : _tl0Offset,
        };
        return !isKnown || frame.Forwarded;
    }

    /// <summary>The source's sequence number of what the receiver names.</summary>
    public bool TryInvert(ushort outgoing, out ushort sequence) => _map.TryInvert(outgoing, out sequence);

    private FrameLog.Entry DecideFrame(in PacketFacts facts, bool isAhead, TrackWish wish, long now, ref SourceStream? ask)
    {
        SourceStream source = facts.Source!;
        if (_frames.TryFind(facts.Timestamp, out FrameLog.Entry frame))
            return frame;
        if (!source.HasKnownFrames)
        {
            // Nothing is known of what refers to what: everything goes, and nothing is remembered.
            return new FrameLog.Entry { Forwarded = true };
        }

        if (!isAhead)
            return DecideLate(facts);
        // Parameter sets and SEI before the slices of a frame say nothing about its layer, and are small; a keyframe is nothing without its parameters.
        if (facts.Frame.Is(FrameMarks.Auxiliary) && source.Codec != Codec.Av1)
            return new FrameLog.Entry { Forwarded = facts.Frame.Is(FrameMarks.Parameters) || !_limit.AwaitsKeyframe };
        bool forwarded = _limit.Take(source, facts, wish.Rate, now, out bool wishes);
        if (wishes)
            ask = source;
        if (forwarded)
        {
            _lastTimestamp = facts.Timestamp + _timestampOffset;
            _lastFrameAt = now;
            _lastPictureId = (ushort)(facts.Frame.PictureId - _pictureIdOffset);
            _lastTl0 = (byte)(facts.Frame.Tl0 - _tl0Offset);
        }
        else if (Packets > 0)
        {
            // Frames that were never sent leave no hole in the numbers of those that are.
            _pictureIdOffset++;
            if (facts.Frame.TemporalLayer == 0)
                _tl0Offset++;
        }

        frame = EntryOf(facts, forwarded, _limit.Layer);
        _frames.Add(frame);
        return frame;
    }

    /// <summary>A frame all of which comes after a later one's beginning: as its neighbours fared.</summary>
    private FrameLog.Entry DecideLate(in PacketFacts facts)
    {
        _frames.Around(facts.Sequence, out FrameLog.Entry older, out bool hasOlder, out FrameLog.Entry newer, out bool hasNewer);
        int layer = Math.Min(hasOlder ? older.Layer : _limit.Layer, hasNewer ? newer.Layer : _limit.Layer);
        bool inRun = !_limit.IsChaining || (hasNewer && newer.Forwarded);
        bool forwarded = inRun && hasOlder && facts.Frame.TemporalLayer <= layer && !_limit.AwaitsKeyframe;
        FrameLog.Entry frame = EntryOf(facts, forwarded, (byte)layer);
        if (hasOlder)
            (frame.PictureIdOffset, frame.Tl0Offset) = (older.PictureIdOffset, older.Tl0Offset);
        _frames.Add(frame);
        return frame;
    }

    private FrameLog.Entry EntryOf(in PacketFacts facts, bool forwarded, byte layer) => new()
    {
        Timestamp = facts.Timestamp,
        Sequence = facts.Sequence,
        Forwarded = forwarded,
        Layer = layer,
        PictureIdOffset = _pictureIdOffset,
        Tl0Offset = _tl0Offset,
    };

    /// <summary>A packet of a layer that is not the one sent now: the layer changes where this begins a keyframe of the wanted one (or of any
    /// other, while there is no picture).</summary>
    private bool TrySwitch(SourceStream source, in PacketFacts facts, TrackWish wish, long now, out SourceStream? ask)
    {
        ask = null;
        if (Group is null || source.Group != Group)
            return false;
        bool isLost = _current is null || _current.IsGone || now - _current.LastHeard > Clock.Second;
        if (!Begins(source, facts, isLost) || !(source.Layer == wish.Layer || isLost))
        {
            ask = WishForLayer(wish, now);
            return false;
        }

        if (_map.IsStarted)
        {
            _timestampOffset = LayerTimeline.Offset(_current!, source, facts.Timestamp, _lastTimestamp, _lastFrameAt, _timestampOffset, now);
            _pictureIdOffset = (ushort)(facts.Frame.PictureId - _lastPictureId - 1);
            _tl0Offset = (byte)(facts.Frame.Tl0 - _lastTl0 - 1);
            _map.Restart(facts.Sequence, _map.Next);
            _frames.Clear();
            Switches++;
        }

        _current = source;
        return true;
    }

    /// <summary>One may change to a source here: a keyframe begins, or where none can be told there is nothing better.</summary>
    private static bool Begins(SourceStream source, in PacketFacts facts, bool isLost)
    {
        if (!source.HasKnownFrames)
            return isLost && source.Codec == Codec.Unknown;
        FrameMarks promises = source.IsOpenGop ? FrameMarks.Keyframe : FrameMarks.Keyframe | FrameMarks.Parameters;
        return facts.Frame.Is(FrameMarks.Start) && facts.Frame.Is(promises);
    }

    /// <summary>The layer to ask for a keyframe so that one may change to it.</summary>
    private SourceStream? WishForLayer(TrackWish wish, long now)
    {
        if (_current?.Layer == wish.Layer || now - LastWish < KeyframeRequests.Interval)
            return null;
        SourceStream? wanted = Group![wish.Layer];
        if (wanted is null || wanted.IsGone || now - wanted.LastHeard > Clock.Second)
            return null;
        LastWish = now;
        return wanted;
    }
}
