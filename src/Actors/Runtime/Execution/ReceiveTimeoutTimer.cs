namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// Messages only note their time; the timer, when it fires, finds out how much is left and sleeps again for that long. So a busy actor
/// pays a clock reading per message, and not a timer change.
/// </summary>
internal sealed class ReceiveTimeoutTimer(ActorCell cell)
{
    private ITimer? _timer;
    private long _lastReceived;

    internal TimeSpan? Timeout { get; private set; }

    internal void Touch()
    {
        if (Timeout is not null)
            _lastReceived = cell.System.TimeProvider.GetTimestamp();
    }

    internal void Set(TimeSpan? timeout)
    {
        Cancel();
        Timeout = timeout;
        Touch();
        if (timeout is { } due)
            Arm(due);
    }

    internal void Cancel()
    {
        Timeout = null;
        _timer?.Dispose();
        _timer = null;
    }

    private void Arm(TimeSpan due)
    {
        var tick = new Tick(this);
        _timer = cell.System.CreateTimer(
            static state => ((Tick)state!).Post(), tick, due, System.Threading.Timeout.InfiniteTimeSpan);
        tick.Timer = _timer;
    }

    private sealed class Tick(ReceiveTimeoutTimer owner) : AutoReceivedMessage
    {
        internal ITimer? Timer { get; set; }

        internal void Post() => owner.Post(this);

        internal override void Deliver(ActorCell cell)
        {
            if (owner.Timeout is not { } timeout || owner._timer != Timer)
                return;
            owner._timer?.Dispose();
            var left = timeout - cell.System.TimeProvider.GetElapsedTime(owner._lastReceived);
            owner.Arm(left > TimeSpan.Zero ? left : timeout);
            if (left <= TimeSpan.Zero)
                cell.Receive(ReceiveTimeout.Instance);
        }
    }

    private void Post(Tick tick)
    {
        if (!cell.IsTerminated)
            cell.Post(tick, cell);
    }
}
