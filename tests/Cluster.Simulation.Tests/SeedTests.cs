using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Cluster.Simulation.Tests.Model;

namespace Conference.Cluster.Simulation.Tests;

public class SeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_thousand_histories_keep_every_promise() => Run(1, 2_000, threads: 1);

    [Fact]
    [Trait("Category", "Soak")]
    public void Two_hundred_thousand_histories_keep_every_promise() => Run(1_000_000, 200_000, Environment.ProcessorCount);

    /// <summary>Each on one thread; some at a time.</summary>
    private void Run(int first, int count, int threads)
    {
        var clock = Stopwatch.StartNew();
        var sum = new Tally();
        var broken = new ConcurrentBag<InvariantException>();
        _ = Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = threads }, (seed, loop) =>
        {
            try
            {
                var cluster = History.Run(seed, new SimulationOptions());
                lock (sum)
                    sum.Add(cluster);
            }
            catch (InvariantException exception)
            {
                broken.Add(exception);
                loop.Stop();
            }
        });

        if (broken.MinBy(b => b.World.Seed) is { } worst)
            Assert.Fail(History.Tell(worst.World.Seed, new SimulationOptions(), lastSteps: 300));
        output.WriteLine($"{count} histories, {count / clock.Elapsed.TotalSeconds:F0} a second: {sum}");
    }
}
