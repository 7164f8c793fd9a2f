namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// Sees to it that no actor waits behind one that blocks: every few milliseconds it looks at the workers' slots and hands an
/// occupant to the pool when its worker is still in the turn it was in at the last look. One thread per process; it sleeps for good
/// while no slot is taken.
/// </summary>
internal static class SlotWatchdog
{
    private const int PeriodMilliseconds = 5;

    /// <summary>Looks without finding a taken slot before it goes to sleep: not to be woken for every burst.</summary>
    private const int QuietLooks = 200;

    private static readonly Lock Gate = new();
    private static readonly ManualResetEventSlim Wake = new(false);
    private static Worker[] s_workers = [];
    private static bool s_started;
    private static int s_asleep;

    internal static void Register(Worker worker)
    {
        lock (Gate)
        {
            // Pool threads come and go; the list keeps the living.
            s_workers = [.. s_workers.Where(w => w.Thread.IsAlive), worker];
            if (s_started)
                return;
            s_started = true;
            new Thread(Watch) { IsBackground = true, Name = "actor slot watchdog" }.Start();
        }
    }

    /// <summary>Called after a slot was taken by an interlocked write, so that this read cannot move before it.</summary>
    internal static void EnsureAwake()
    {
        if (Volatile.Read(ref s_asleep) == 1)
            Wake.Set();
    }

    private static void Watch()
    {
        var quiet = 0;
        while (true)
        {
            Thread.Sleep(PeriodMilliseconds);
            quiet = Look() ? 0 : quiet + 1;
            if (quiet < QuietLooks)
                continue;
            // Asleep is written, with a fence, before the last look: a slot taken after that look sees it and wakes.
            Wake.Reset();
            Interlocked.Exchange(ref s_asleep, 1);
            if (!Look())
                Wake.Wait();
            Volatile.Write(ref s_asleep, 0);
            quiet = 0;
        }
    }

    private static bool Look()
    {
        var taken = false;
        foreach (var worker in Volatile.Read(ref s_workers))
        {
            taken |= worker.IsSlotTaken;
            worker.RescueOverdue();
        }
        return taken;
    }
}
