namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>What happened in many histories: whether they are about anything.</summary>
internal sealed class Tally
{
    private long _steps, _moves, _deaths, _evictions, _writes, _rejected;
    private TimeSpan _slowest;

    public void Add(SimulatedCluster cluster)
    {
        var invariants = cluster.Invariants;
        _steps += cluster.World.Steps;
        (_moves, _deaths, _evictions) = (_moves + invariants.Moves, _deaths + invariants.Deaths, _evictions + invariants.Evictions);
        (_writes, _rejected) = (_writes + invariants.Journaled, _rejected + invariants.Rejected);
        var healed = cluster.World.Now - cluster.Options.Chaos;
        _slowest = healed > _slowest ? healed : _slowest;
    }

    public override string ToString() =>
        $"{_steps} steps, {_moves} moves of shards, {_deaths} deaths, {_evictions} evictions, {_writes} journal writes and {_rejected} rejected; "
        + FormattableString.Invariant($"the slowest was well {_slowest.TotalSeconds:F1} s after the last fault");
}
