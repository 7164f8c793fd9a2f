namespace Conference.Media.Streams;

/// <summary>Merges everybody's wish for a keyframe of one source: the first goes out at once, then one every half second at most,
/// and none while nobody wishes any more.</summary>
internal struct KeyframeRequests
{
    public const long Interval = 500 * Clock.Millisecond;

    private long _lastAsked;
    private bool _asked;
    private bool _pending;

    /// <summary>Somebody wishes a keyframe.</summary>
    /// <returns>True when the sender is to be asked now; otherwise <see cref="IsDue"/> will say when.</returns>
    public bool Wish(long now)
    {
        if (!_asked || now - _lastAsked >= Interval)
        {
            Asked(now);
            return true;
        }

        _pending = true;
        return false;
    }

    /// <summary>To be looked at with every packet of the source.</summary>
    public bool IsDue(long now)
    {
        if (!_pending || now - _lastAsked < Interval)
            return false;
        Asked(now);
        return true;
    }

    /// <summary>A keyframe has come: it serves all who wished before.</summary>
    public void Served() => _pending = false;

    private void Asked(long now) => (_asked, _pending, _lastAsked) = (true, false, now);
}
