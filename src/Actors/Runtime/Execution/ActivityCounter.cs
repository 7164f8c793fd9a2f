namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// Counts the actors that are scheduled or running, so that a test can wait for none. Only systems that ask for it have one: a
/// counter that all cores write would cost more than a message.
/// </summary>
internal sealed class ActivityCounter
{
    private readonly object _gate = new();
    private int _active;
    private int _waiters;

    internal void Enter() => Interlocked.Increment(ref _active);

    internal void Leave()
    {
        // The waiter announces itself before it reads the count; both are interlocked, so either it reads zero or this sees it.
        if (Interlocked.Decrement(ref _active) != 0 || Volatile.Read(ref _waiters) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <returns>False when the deadline passed first. Real time: this waits for threads, not for actors' clocks.</returns>
    internal bool WaitForZero(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            Interlocked.Increment(ref _waiters);
            try
            {
                while (Volatile.Read(ref _active) != 0)
                {
                    var left = deadline - Environment.TickCount64;
                    if (left <= 0 || !Monitor.Wait(_gate, (int)left))
                        return Volatile.Read(ref _active) == 0;
                }
                return true;
            }
            finally
            {
                Interlocked.Decrement(ref _waiters);
            }
        }
    }
}
