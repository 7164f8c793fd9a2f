using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Cluster.Simulation.Tests.Model;

namespace Conference.Cluster.Simulation.Tests;

public class SeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Two_thousand_histories_keep_every_promise() => Run(1, 2_000);

    [Fact]
    [Trait("Category", "Soak")]
    public void Two_hundred_thousand_histories_keep_every_promise() => Run(1_000_000, 200_000);

    /// <summary>Each on one thread; many at a time.</summary>
    private void Run(int first, int count)
    {
        var clock = Stopwatch.StartNew();
        var sum = new Tally();
        var broken = new ConcurrentBag<InvariantException>();
        _ = Parallel.For(first, first + count, (seed, loop) =>
        {
            try
            {
                var cluster = Model.Simulation.Run(seed, new SimulationOptions());
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
            Assert.Fail($"{worst.Message}\n{worst.World.LastSteps(200)}");
        output.WriteLine($"{count} histories, {count / clock.Elapsed.TotalSeconds:F0} a second: {sum}");
    }
}
