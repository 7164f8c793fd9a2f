namespace Conference.Node.Limits;

/// <summary>Threads of the pool, made while there is everything to make them of. The project file says how many the runtime keeps alive.</summary>
internal static class PoolThreads
{
    /// <summary>As many as <c>System.Threading.ThreadPool.ThreadsToKeepAlive</c> in the project file.</summary>
    private const int Kept = 16;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    /// <summary>Returns when they are there, or after a while without those that could not be made.</summary>
    public static void Make()
    {
        ThreadPool.GetMinThreads(out int workers, out int completion);
        // Up to here the pool makes a thread as soon as there is work for it.
        ThreadPool.SetMinThreads(Math.Max(workers, Kept), completion);
        var missing = new CountdownEvent(Kept);
        var allThere = new ManualResetEventSlim();
        for (int i = 0; i < Kept; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    missing.Signal();
                    allThere.Wait();
                },
                null);
        }

        missing.Wait(_limit);
        allThere.Set();
        ThreadPool.SetMinThreads(workers, completion);
    }
}
