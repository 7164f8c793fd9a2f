using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>Writes to the journal: each locks its shard's row against a change of owner from its check of the epoch to its commit.</summary>
internal sealed class ModelJournal(World world, SimulationOptions options, Weather weather, Invariants invariants)
{
    private readonly List<Transaction> _open = [];

    /// <param name="client">Who sent it.</param>
    /// <param name="shard">For which shard.</param>
    /// <param name="epoch">At which epoch.</param>
    /// <param name="current">The epoch the shard is at.</param>
    public void Write(SimulatedNode client, ShardId shard, long epoch, long current)
    {
        if (options.ChecksEpochs && current != epoch)
        {
            invariants.Rejected++;
            return;
        }

        // Some are a single statement; the others wait for their client, which may stand still, before they commit.
        var write = new Transaction(client, client.Self, shard, epoch, isIdle: world.Chance(0.2));
        _open.Add(write);
        if (!write.IsIdle)
        {
            world.After(world.Between(0.0005, 0.02), () => Commit(write));
            return;
        }

        world.After(ModelDatabase.IdleLimit, () =>
        {
            if (options.EndsIdleTransactions)
                _ = _open.Remove(write);
        });
        world.After(weather.Delay(), () => client.Post(() => world.After(weather.Delay(), () => Commit(write))));
    }

    public bool Locks(IEnumerable<ShardId> shards) => _open.Count > 0 && shards.Any(s => _open.Exists(w => w.Shard == s));

    /// <summary>The database stops.</summary>
    public void Stop() => _open.Clear();

    /// <summary>The client's connections end.</summary>
    public void Closed(SimulatedNode client) => _ = _open.RemoveAll(w => w.Client == client && w.IsIdle);

    /// <summary>The sessions of this life are ended.</summary>
    public void Terminate(NodeId life) => _ = _open.RemoveAll(w => w.Life == life);

    private void Commit(Transaction write)
    {
        if (_open.Remove(write))
            invariants.Journals(write.Client.Name, write.Shard, write.Epoch);
    }

    private sealed class Transaction(SimulatedNode client, NodeId life, ShardId shard, long epoch, bool isIdle)
    {
        public SimulatedNode Client => client;

        public NodeId Life => life;

        public ShardId Shard => shard;

        public long Epoch => epoch;

        /// <summary>Between two statements of a transaction.</summary>
        public bool IsIdle => isIdle;
    }
}
