namespace Conference.Actors.Runtime.Execution;

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private Dictionary<object, Entry>? _timers;

    public void StartSingleTimer(object key, object message, TimeSpan timeout) =>
        Start(key, message, timeout, Timeout.InfiniteTimeSpan);

    public void StartPeriodicTimer(object key, object message, TimeSpan interval) => Start(key, message, interval, interval);

    public void StartPeriodicTimer(object key, object message, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, message, initialDelay, interval);

    public bool IsTimerActive(object key) => _timers?.ContainsKey(key) == true;

    public void Cancel(object key)
    {
        if (_timers is not null && _timers.Remove(key, out var entry))
            entry.Timer?.Dispose();
    }

    public void CancelAll()
    {
        if (_timers is null)
            return;
        foreach (var entry in _timers.Values)
            entry.Timer?.Dispose();
        _timers.Clear();
    }

    private void Start(object key, object message, TimeSpan due, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var entry = new Entry(this, key, message, period != Timeout.InfiniteTimeSpan);
        (_timers ??= [])[key] = entry;
        entry.Timer = cell.System.CreateTimer(static state => ((Entry)state!).Fire(), entry, due, period);
    }

    /// <summary>
    /// One started timer, and at the same time the message it queues. A timer that was cancelled, replaced or restarted away is no
    /// longer the one under its key: that is the generation check.
    /// </summary>
    private sealed class Entry(TimerScheduler scheduler, object key, object message, bool repeats) : AutoReceivedMessage
    {
        internal ITimer? Timer { get; set; }

        internal void Fire() => scheduler.Post(this);

        internal override void Deliver(ActorCell cell)
        {
            if (scheduler._timers?.GetValueOrDefault(key) != this)
                return;
            if (!repeats)
                scheduler.Cancel(key);
            cell.Receive(message);
        }
    }

    private void Post(Entry entry)
    {
        if (!cell.IsTerminated)
            cell.Post(entry, cell);
    }
}
