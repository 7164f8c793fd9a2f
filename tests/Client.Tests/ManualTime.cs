namespace Conference.Client.Tests;

/// <summary>A clock that stands until told; its timers fire on the caller's thread. Periodic timers only.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _now = 1_000_000_000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state), period, GetTimestamp() + dueTime.Ticks);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        long end = GetTimestamp() + by.Ticks;
        while (_timers.Where(t => t.Due <= end).MinBy(t => t.Due) is { } next)
        {
            Interlocked.Exchange(ref _now, next.Due);
            next.Fire();
        }

        Interlocked.Exchange(ref _now, end);
    }

    private sealed class ManualTimer(ManualTime owner, Action fire, TimeSpan period, long due) : ITimer
    {
        public long Due { get; private set; } = due;

        public void Fire()
        {
            Due += period.Ticks;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod) => throw new NotSupportedException();

        public void Dispose() => owner._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
