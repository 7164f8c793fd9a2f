using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Which frames a receiver that asked for N a second gets: whole ones, and none whose references it did not get.</summary>
/// <remarks>
/// Where the stream has temporal layers (or frames nobody refers to, which are as good), the highest layer that fits: down at the next
/// frame, up where a frame says that one may. Where even the lowest does not fit, as many frames as the rate allows from each keyframe on;
/// then nothing until a keyframe, which is asked for once there is a second's worth of frames to spend. Only where the sender gives keyframes
/// (<see cref="KeyframeSupply"/>): otherwise the lowest layer goes whole, for a picture is better than none.
/// </remarks>
internal struct TemporalLimit
{
    private const long WishInterval = Clock.Second;
    private const long HopelessWishInterval = 10 * Clock.Second;

    private double _tokens;
    private long _filled;
    private bool _isFilled;
    private bool _isChained;
    private long _wishedAt;

    /// <summary>The highest layer let through now.</summary>
    public byte Layer { get; private set; }

    /// <summary>The lowest layer is too much, and frames are let through in runs that begin at a keyframe.</summary>
    public bool IsChaining { get; private set; }

    /// <summary>The receiver's chain of references is broken: nothing until a keyframe.</summary>
    public void AwaitKeyframe() => (_isChained, Layer) = (false, 0);

    /// <summary>The receiver has had everything so far.</summary>
    public void Continue() => (_isChained, Layer) = (true, LayerRates.Layers - 1);

    public readonly bool AwaitsKeyframe => !_isChained;

    /// <summary>Decides for a frame that begins.</summary>
    /// <param name="rate">Frames a second at most; 0 for all.</param>
    /// <param name="wish">A keyframe would help.</param>
    public bool Take(SourceStream source, in PacketFacts frame, int rate, long now, out bool wish)
    {
        wish = false;
        bool isKeyframe = frame.Frame.Is(Codecs.FrameMarks.Keyframe);
        int target = Target(source, rate);
        Refill(rate, now);
        if (!_isChained && !isKeyframe)
        {
            // After what was spent, wait for a second's worth; a receiver that has never had a picture does not wait.
            wish = (!IsChaining || _tokens >= rate) && MayWish(source, now);
            if (!source.Supply.IsHopeless(now))
                return false;
            // Whatever the decoder makes of it: a stream that refreshes itself bit by bit comes right again.
            _isChained = true;
            Layer = (byte)target;
        }

        if (IsChaining)
            return TakeOfRun(source, frame.Frame.TemporalLayer, isKeyframe, rate, now, ref wish);

        _isChained = true;
        int layer = frame.Frame.TemporalLayer;
        if (isKeyframe || target < Layer)
            Layer = (byte)target;
        else if (layer > Layer && layer <= target && frame.Frame.Is(Codecs.FrameMarks.SwitchPoint))
            Layer = (byte)layer;
        else if (layer <= Layer && frame.Frame.SwitchTo > Layer)
            Layer = (byte)Math.Min(target, frame.Frame.SwitchTo);
        return layer <= Layer;
    }

    private bool TakeOfRun(SourceStream source, int layer, bool isKeyframe, int rate, long now, ref bool wish)
    {
        // Before the rates are known, what is above the lowest layer goes as long as there is plenty to spend.
        bool isPlenty = !source.Rates.IsMeasured && _tokens > rate * 0.5;
        if (layer == 0 && _tokens < 1)
        {
            _isChained = !source.Supply.IsReliable(now);
            // Whether it would come is found out by asking.
            wish |= _isChained && MayWish(source, now);
        }
        else if (layer == 0)
        {
            _isChained = true;
        }

        if (!isPlenty)
            Layer = 0;
        else if (isKeyframe)
            Layer = LayerRates.Layers - 1;
        if (!_isChained || layer > Layer)
            return false;
        _tokens = Math.Max(0, _tokens - 1);
        return true;
    }

    private bool MayWish(SourceStream source, long now)
    {
        if (now - _wishedAt < (source.Supply.IsHopeless(now) ? HopelessWishInterval : WishInterval))
            return false;
        _wishedAt = now;
        return true;
    }

    private int Target(SourceStream source, int rate)
    {
        IsChaining = false;
        if (rate == 0)
            return LayerRates.Layers - 1;
        if (!source.Rates.IsMeasured)
        {
            // The rates are known after a second. Until then only the lowest layer goes out, with a limit on it.
            IsChaining = true;
            return 0;
        }

        int target = source.Rates.LayerWithin(rate);
        IsChaining = target < 0;
        return Math.Max(0, target);
    }

    private void Refill(int rate, long now)
    {
        if (rate == 0)
            return;
        if (!_isFilled)
            (_tokens, _isFilled) = (rate, true);
        else
            _tokens = Math.Min(rate, _tokens + (double)(now - _filled) * rate / Clock.Second);
        _filled = now;
    }
}
