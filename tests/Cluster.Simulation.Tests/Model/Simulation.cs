namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>One history: chaos, then quiet, in which everything must become well.</summary>
internal static class Simulation
{
    /// <exception cref="InvariantException">Something was that must never be.</exception>
    public static Cluster Run(int seed, SimulationOptions options)
    {
        var cluster = new Cluster(seed, options);
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
