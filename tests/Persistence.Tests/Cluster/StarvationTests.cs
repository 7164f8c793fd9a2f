using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>Alone, since it takes the thread pool away from whatever runs beside it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ThreadPoolCollection;

[Collection(typeof(ThreadPoolCollection))]
public sealed class StarvationTests(PostgresServer server)
{
    [Fact]
    public async Task A_node_without_a_free_thread_in_its_pool_keeps_its_lease()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        // Many more than the pool will add threads for, until it is over.
        using var over = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out int threads, out _);
        for (int i = 0; i < threads + 200; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => over.Wait(), null);
        bool isHeld = true;
        var watch = new Thread(() =>
        {
            var since = System.Diagnostics.Stopwatch.StartNew();
            while (since.Elapsed < TimeSpan.FromSeconds(8))
            {
                isHeld &= all.All(n => n.Cluster.HoldsLease);
                Thread.Yield();
            }

            over.Set();
        });
        watch.Start();
        watch.Join();
        Assert.True(isHeld);
        await nodes.SettledAsync();
        Assert.All(all, n => Assert.Single(n.Lives));
    }
}
