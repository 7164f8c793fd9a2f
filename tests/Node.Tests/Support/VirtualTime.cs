namespace Conference.Node.Tests.Support;

/// <summary>A clock that moves when the test says so. Timers fire on the thread that advances it, in the order they are due.</summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _due = new();
    private readonly TaskCompletionSource _timerMade = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _start;
    private long _now;
    private long _order;

    public VirtualTime(DateTimeOffset? start = null) =>
        _start = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <summary>Completes when the first timer has been made.</summary>
    public Task TimerMade => _timerMade.Task;

    /// <summary>Somebody sets the machine's clock, forward or back. Time itself goes on as it did.</summary>
    public void SetClock(TimeSpan by) => _start += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        _timerMade.TrySetResult();
        return timer;
    }

    /// <summary>Moves the clock, stopping at every timer on the way to fire it at its own time.</summary>
    public void Advance(TimeSpan by) => Advance(by, static () => { });

    /// <summary>As above; <paramref name="settle"/> runs after each timer, so that what it set off can set timers of its own.</summary>
    public void Advance(TimeSpan by, Action settle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(settle);
        var target = GetTimestamp() + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
            settle();
        }
        Interlocked.Exchange(ref _now, target);
    }

    private VirtualTimer? TakeDue(long target)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var entry, out var when) && when.Due <= target)
            {
                _due.Dequeue();
                // A timer that was changed or disposed since has another version: this entry is void.
                if (entry.Timer.Version != entry.Version)
                    continue;
                Interlocked.Exchange(ref _now, Math.Max(_now, when.Due));
                if (entry.Timer.Period is { } period)
                    _due.Enqueue(entry, (when.Due + period, ++_order));
                return entry.Timer;
            }
            return null;
        }
    }

    private bool Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            timer.Version++;
            timer.Period = period > TimeSpan.Zero ? period.Ticks : null;
            if (dueTime != Timeout.InfiniteTimeSpan)
                _due.Enqueue((timer, timer.Version), (_now + dueTime.Ticks, ++_order));
            return true;
        }
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        internal int Version { get; set; }

        internal long? Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => time.Set(this, dueTime, period);

        public void Dispose() => time.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire() => callback(state);
    }
}
