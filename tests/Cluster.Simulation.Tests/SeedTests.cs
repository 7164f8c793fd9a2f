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

    private void Run(int first, int count)
    {
        var clock = Stopwatch.StartNew();
        long steps = 0, moves = 0, deaths = 0, evictions = 0, writes = 0, rejected = 0;
        var slowest = TimeSpan.Zero;
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                var cluster = Model.Simulation.Run(seed, new SimulationOptions());
                steps += cluster.World.Steps;
                (moves, deaths) = (moves + cluster.Invariants.Moves, deaths + cluster.Invariants.Deaths);
                (evictions, writes) = (evictions + cluster.Invariants.Evictions, writes + cluster.Invariants.Writes1);
                rejected += cluster.Invariants.Rejected;
                if (cluster.World.Now > slowest)
                    slowest = cluster.World.Now;
            }
            catch (InvariantException broken)
            {
                Assert.Fail($"{broken.Message}\n{broken.World.LastSteps(200)}");
            }
        }

        output.WriteLine(
            $"{count} histories, {steps} steps, {count / clock.Elapsed.TotalSeconds:F0} histories/s; {moves} moves of shards, {deaths} deaths, "
            + $"{evictions} evictions, {writes} journal writes and {rejected} rejected; the slowest healed at {slowest.TotalSeconds:F1} s");
    }
}
