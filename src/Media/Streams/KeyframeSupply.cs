namespace Conference.Media.Streams;

/// <summary>Whether a source's next keyframe may be waited for: it comes when asked, or by the sender's own clock.</summary>
/// <remarks>Written by the source's loop, but for <see cref="Asked"/>; each field is whole at any time.</remarks>
internal struct KeyframeSupply
{
    /// <summary>A sender that has not answered by then does not listen.</summary>
    public const long Patience = 2 * Clock.Second;

    /// <summary>Keyframes further apart than this are too rare to wait for.</summary>
    public const long LongestInterval = 10 * Clock.Second;

    private long _last;
    private long _interval;
    private long _askedAt;
    private bool _isAsked;
    private bool _answers;
    private bool _any;

    public void Asked(long now)
    {
        if (!_isAsked)
            (_askedAt, _isAsked) = (now, true);
    }

    public void Came(long now)
    {
        if (_isAsked)
            _answers = now - _askedAt <= Patience;
        _isAsked = false;
        _interval = _any ? now - _last : long.MaxValue;
        (_last, _any) = (now, true);
    }

    /// <summary>One begins in the batch of this moment.</summary>
    public readonly bool ComesNow(long now) => _any && _last == now;

    /// <summary>Another will come soon: frames may be left out until then.</summary>
    public readonly bool IsReliable(long now) => (_answers && !IsUnanswered(now)) || IsRegular(now);

    /// <summary>It was asked for and has not come, nor will it by itself: who waits for it waits in vain.</summary>
    public readonly bool IsHopeless(long now) => IsUnanswered(now) && !IsRegular(now);

    private readonly bool IsUnanswered(long now) => _isAsked && now - _askedAt > Patience;

    private readonly bool IsRegular(long now) => _any && _interval <= LongestInterval && now - _last <= (_interval * 3 / 2) + Clock.Second;
}
