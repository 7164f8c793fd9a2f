namespace Conference.Node.Draining;

/// <summary>How long one drain goes on. That is measured: a clock that is set meanwhile neither ends nor prolongs it. Safe from any thread.</summary>
internal sealed class DrainDeadline
{
    private readonly TimeProvider _time;
    private readonly long _from;
    private long _limit;

    public DrainDeadline(TimeProvider time, TimeSpan limit)
    {
        (_time, _from) = (time, time.GetTimestamp());
        Since = time.GetUtcNow();
        At = Since + limit;
        _limit = limit.Ticks;
    }

    /// <summary>When the drain began, by the clock of then.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>When it is to be over, by the clock of when that was set; what counts is <see cref="IsOver"/>.</summary>
    public DateTimeOffset At { get; private set; }

    public bool IsOver => _time.GetElapsedTime(_from).Ticks >= Interlocked.Read(ref _limit);

    /// <summary>From now on.</summary>
    public void EndWithin(TimeSpan limit)
    {
        At = _time.GetUtcNow() + limit;
        Interlocked.Exchange(ref _limit, (_time.GetElapsedTime(_from) + limit).Ticks);
    }
}
