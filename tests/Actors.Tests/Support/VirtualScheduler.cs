using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Conference.Actors.Tests.Support;

/// <summary>
/// The clock of an actor system, which moves when the test says so. Akka's own <c>TestScheduler</c> jumps to the end of an advance, and leaves
/// <see cref="IScheduler.MonotonicClock"/> to the real clock, which sessions measure their silence by: here every timer fires at its own time,
/// and all clocks are one.
/// </summary>
public sealed class VirtualScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IDisposable
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Timer, (long Due, long Order)> _due = new();
    private long _now;
    private long _offset;
    private long _order;
    private bool _isOver;

    public override TimeSpan MonotonicClock => TimeSpan.FromTicks(Interlocked.Read(ref _now));

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _start + MonotonicClock + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <summary>Sets the time of day, forward or back: no timer is any the wiser.</summary>
    public void SetClock(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    /// <summary>Moves the clock, stopping at every timer on the way; <paramref name="settle"/> runs after each, so that what it set off can set
    /// timers of its own.</summary>
    public void Advance(TimeSpan by, Action settle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(settle);
        long target = Interlocked.Read(ref _now) + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
            settle();
        }

        Interlocked.Exchange(ref _now, target);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _due.Clear();
        }
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Schedule(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        lock (_gate)
        {
            if (_isOver)
                throw new SchedulerException("the system is over");
            _due.Enqueue(new Timer(action, interval, cancelable), (_now + delay.Ticks, ++_order));
        }
    }

    private Timer? TakeDue(long target)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var timer, out var when) && when.Due <= target)
            {
                _due.Dequeue();
                if (timer.Cancelable is { IsCancellationRequested: true })
                    continue;
                Interlocked.Exchange(ref _now, Math.Max(_now, when.Due));
                if (timer.Interval is { } interval)
                    _due.Enqueue(timer, (when.Due + interval.Ticks, ++_order));
                return timer;
            }

            return null;
        }
    }

    private sealed record Timer(Action Fire, TimeSpan? Interval, ICancelable? Cancelable);
}
