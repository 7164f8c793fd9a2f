using Conference.Actors.Cluster.Membership;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>What a simulation is of. The promises that can be taken away are there to show that their absence is noticed.</summary>
internal sealed record SimulationOptions
{
    public MembershipRules Rules { get; init; } = new() { MaxMoves = 6 };

    public int Shards { get; init; } = 12;

    /// <summary>No clock runs faster or slower than true time by more than this part.</summary>
    public double Drift { get; init; } = 0.08;

    /// <summary>The longest that a statement is on its way in good weather, in seconds.</summary>
    public double Latency { get; init; } = 0.003;

    /// <summary>A journal write commits only while the shard is at its epoch.</summary>
    public bool ChecksEpochs { get; init; } = true;

    /// <summary>A beat says which version the tables are at.</summary>
    public bool BeatsTellVersions { get; init; } = true;

    /// <summary>A node is marked down only if its beat is still the one it was observed at.</summary>
    public bool ComparesBeats { get; init; } = true;

    /// <summary>A transaction whose client says nothing for two seconds is aborted.</summary>
    public bool EndsIdleTransactions { get; init; } = true;

    /// <summary>Chaos lasts this long.</summary>
    public TimeSpan Chaos { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>After it everything must be well within this.</summary>
    public TimeSpan Healing { get; init; } = TimeSpan.FromSeconds(20);
}
