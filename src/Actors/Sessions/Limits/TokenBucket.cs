namespace Conference.Actors.Sessions.Limits;

/// <param name="PerSecond">How many are let through in the long run.</param>
/// <param name="AtOnce">How many after a pause.</param>
public sealed record RateLimit(double PerSecond, int AtOnce)
{
    /// <summary>How long an empty bucket takes to be full.</summary>
    public TimeSpan Refill => TimeSpan.FromSeconds(AtOnce / PerSecond);
}

/// <summary>A bucket of tokens that fills at a steady rate; who finds none is over the limit. Pure: time comes in, from any clock that only goes forward.</summary>
/// <param name="limit">Null lets everything through.</param>
internal struct TokenBucket(RateLimit? limit)
{
    private double _tokens = limit?.AtOnce ?? 0;
    private TimeSpan _at;

    public bool TryTake(TimeSpan now)
    {
        if (limit is null)
            return true;
        if (now > _at)
            (_tokens, _at) = (Math.Min(limit.AtOnce, _tokens + ((now - _at).TotalSeconds * limit.PerSecond)), now);
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }
}
