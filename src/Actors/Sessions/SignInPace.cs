namespace Conference.Actors.Sessions;

/// <summary>
/// A node's death ends the users it had, and all their sessions say at once who they are. Akka's death watch keeps so many messages for another node
/// and no more before it gives that node up: so they go one after the other. Safe from any thread.
/// </summary>
public sealed class SignInPace
{
    private static readonly long _step = TimeSpan.TicksPerSecond / 20_000;

    private long _next;

    /// <summary>When the next may go: at once where nobody has of late.</summary>
    /// <param name="now">By a clock that only goes forward.</param>
    public TimeSpan Delay(TimeSpan now)
    {
        while (true)
        {
            long next = Volatile.Read(ref _next);
            long mine = Math.Max(next, now.Ticks);
            if (Interlocked.CompareExchange(ref _next, mine + _step, next) == next)
                return TimeSpan.FromTicks(mine - now.Ticks);
        }
    }
}
