using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>
/// Akka's timers by the <see cref="TestTime"/> of the node: they run by themselves, and what would come in ten seconds comes at once where the test
/// skips them. What repeats itself comes once for a time that is skipped.
/// </summary>
public sealed class JumpingScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private readonly object _gate = new();
    private readonly PriorityQueue<Entry, (TimeSpan Due, long Order)> _entries = new();
    private readonly TestTime _time;
    private long _order;
    private bool _isDisposed;

    public JumpingScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
        _time = TestParts.Of(config).Time;
        _time.Skipped += Wake;
        new Thread(Run) { IsBackground = true, Name = "jumping scheduler" }.Start();
    }

    public override TimeSpan MonotonicClock => _time.Elapsed;

    public override TimeSpan HighResMonotonicClock => _time.Elapsed;

    protected override DateTimeOffset TimeNow => _time.GetUtcNow();

    public void Dispose()
    {
        _time.Skipped -= Wake;
        lock (_gate)
        {
            _isDisposed = true;
            _entries.Clear();
        }

        Wake();
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Add(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action.Run, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        lock (_gate)
        {
            if (_isDisposed)
                throw new SchedulerException("the scheduler has ended");
            _entries.Enqueue(new Entry(action, interval, cancelable), (_time.Elapsed + delay, _order++));
            Monitor.Pulse(_gate);
        }
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void Run()
    {
        while (TakeNext() is { } entry)
        {
            if (entry.Cancelable?.IsCancellationRequested == true)
                continue;
            try
            {
                entry.Action();
            }
            catch (Exception e)
            {
                Log.Error(e, "a timer failed");
            }

            if (entry.Interval is not { } interval || entry.Cancelable?.IsCancellationRequested == true)
                continue;
            lock (_gate)
            {
                if (!_isDisposed)
                    _entries.Enqueue(entry, (_time.Elapsed + interval, _order++));
            }
        }
    }

    private Entry? TakeNext()
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                if (!_entries.TryPeek(out _, out var next))
                    Monitor.Wait(_gate);
                else if (next.Due - _time.Elapsed is var left && left > TimeSpan.Zero)
                    Monitor.Wait(_gate, Math.Max(1, (int)Math.Min(left.TotalMilliseconds, 60_000)));
                else
                    return _entries.Dequeue();
            }

            return null;
        }
    }

    private sealed record Entry(Action Action, TimeSpan? Interval, ICancelable? Cancelable);
}
