namespace Conference.Cluster.Simulation.Tests.Model;

internal sealed class InvariantException(string what, World world)
    : Exception($"seed {world.Seed}, at {world.Now.TotalSeconds:F4} s, step {world.Steps}: {what}")
{
    /// <summary>Without the seed and the time.</summary>
    public string What => what;

    public World World => world;
}
