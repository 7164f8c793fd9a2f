namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>One history: chaos, then quiet, in which everything must become well.</summary>
internal static class History
{
    /// <exception cref="InvariantException">Something was that must never be.</exception>
    public static SimulatedCluster Run(int seed, SimulationOptions options) => Run(new SimulatedCluster(seed, options));

    /// <summary>The same history again, in words; to its end, or to where it breaks.</summary>
    public static string Tell(int seed, SimulationOptions options, int lastSteps = int.MaxValue)
    {
        var cluster = new SimulatedCluster(seed, options, isTold: true);
        try
        {
            _ = Run(cluster);
            return cluster.World.Tell(lastSteps);
        }
        catch (InvariantException broken)
        {
            return $"{cluster.World.Tell(lastSteps)}\n{broken.Message}";
        }
    }

    private static SimulatedCluster Run(SimulatedCluster cluster)
    {
        var options = cluster.Options;
        var world = cluster.World;
        new Faults(cluster).Begin();
        world.RunUntil(options.Chaos);
        var quiet = 0;
        while (quiet < 3)
        {
            world.RunUntil(world.Now + TimeSpan.FromSeconds(0.5));
            var wrong = cluster.WhatIsWrong();
            quiet = wrong is null ? quiet + 1 : 0;
            if (wrong is not null && world.Now > options.Chaos + options.Healing)
                world.Fail($"{options.Healing.TotalSeconds} s after all faults have ended: {wrong}");
        }

        return cluster;
    }
}
