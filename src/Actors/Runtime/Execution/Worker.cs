namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// A pool thread that runs actors, with one place for the actor to run next (as the Go scheduler's runnext). An actor that is woken
/// from inside another actor's turn goes there instead of through the pool's queue: it runs on the same core, its message still in
/// the cache, and no thread has to be woken.
/// </summary>
/// <remarks>
/// The trade: it does not start before the running actor's turn ends, although another core may be free. Three things bound that.
/// The newest takes the slot, and whom it displaces goes to the pool; after <see cref="TurnBudget"/> messages the chain of turns
/// ends and its last link goes to the back of the pool's global queue, so that everything else there (other actors, sockets, timers)
/// is served; and an actor that blocks or computes for long has its slot emptied into the pool by <see cref="SlotWatchdog"/>.
/// </remarks>
internal sealed class Worker
{
    /// <summary>Messages a chain of turns may handle before the thread goes back to the pool: some 10-50 us of small handlers.</summary>
    private const int TurnBudget = 512;

    [ThreadStatic]
    private static Worker? t_current;

    private ActorCell? _next;
    private ActorCell? _running;
    private int _turns;
    private int _turnsSeen;

    private Worker() => Thread = Thread.CurrentThread;

    internal Thread Thread { get; }

    internal static ActorCell? RunningCell => t_current?._running;

    internal bool IsSlotTaken => Volatile.Read(ref _next) is not null;

    /// <summary>The caller has just won the right to run <paramref name="cell"/>.</summary>
    internal static void Schedule(ActorCell cell)
    {
        var worker = t_current;
        if (worker?._running is null)
        {
            Enqueue(cell);
            return;
        }
        // Exchange, since the watchdog may be taking the occupant at this moment. It is also the fence that EnsureAwake relies on.
        var displaced = Interlocked.Exchange(ref worker._next, cell);
        if (displaced is not null)
            Enqueue(displaced);
        SlotWatchdog.EnsureAwake();
    }

    /// <summary>To the global queue always: the pool serves a thread's local queue first, and a busy chain would starve the rest.</summary>
    internal static void Enqueue(ActorCell cell) => ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);

    internal static void Execute(ActorCell first)
    {
        var worker = t_current;
        if (worker is null)
        {
            worker = t_current = new Worker();
            SlotWatchdog.Register(worker);
        }
        var handled = 0;
        var cell = first;
        while (cell is not null)
        {
            worker._turns++;
            worker._running = cell;
            handled += 1 + cell.Run();
            cell = worker.TakeNext();
            if (cell is not null && handled >= TurnBudget)
            {
                Enqueue(cell);
                break;
            }
        }
        worker._running = null;
    }

    /// <summary>From the watchdog: empties the slot if the same turn has been running since the last look.</summary>
    internal void RescueOverdue()
    {
        var turns = Volatile.Read(ref _turns);
        if (turns == _turnsSeen && TakeNext() is { } stranded)
            Enqueue(stranded);
        _turnsSeen = turns;
    }

    private ActorCell? TakeNext() => _next is null ? null : Interlocked.Exchange(ref _next, null);
}
