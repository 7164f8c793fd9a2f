using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// What must hold after every step, told by an all-knowing observer with true time. It keeps its own records, and believes nothing the
/// machines say.
/// </summary>
internal sealed class Invariants(World world, SimulationOptions options)
{
    private readonly Dictionary<NodeId, TimeSpan> _lastBeat = [];
    private readonly TimeSpan[] _drainingSince = new TimeSpan[options.Shards];
    private readonly HashSet<ShardEpoch> _handedOver = [];
    private readonly long[] _journaled = new long[options.Shards];
    private readonly List<SimulatedNode> _processes = [];
    private ModelDatabase _database = null!;

    public int Deaths { get; private set; }

    public int Evictions { get; private set; }

    public int Moves { get; private set; }

    public int Journaled { get; private set; }

    public int Rejected { get; set; }

    public void Watch(ModelDatabase database) => _database = database;

    public void Watch(SimulatedNode process) => _processes.Add(process);

    public void Beats(NodeId id) => _lastBeat[id] = world.Now;

    /// <summary>The owner itself gives the shard away: by a handoff, or as it leaves.</summary>
    public void HandsOver(ShardRow shard) => _handedOver.Add(new ShardEpoch(shard.Id, shard.Epoch));

    /// <summary>Nothing is declared dead without the evidence named.</summary>
    public void MarksDown(DeadNode dead, NodeRow row, Reconciling by)
    {
        var still = world.Now - _lastBeat[dead.Id];
        world.Trace("db", $"{dead.Id} is marked down: {dead.Evidence}, its beat {row.Beat} stood still for {still.TotalSeconds:F3} s");
        if (!by.HeldLease)
            world.Fail($"{by.By.Name} judged {dead.Id} without a lease");
        if (row.Beat != dead.Beat)
            world.Fail($"{dead.Id} is declared dead at beat {dead.Beat}, but has beaten since");
        var needed = dead.Evidence == DeathEvidence.BeatStoodStill ? options.Rules.Ttl : options.Rules.Stall;
        if (still < Shortest(needed))
            world.Fail($"{dead.Id} is declared dead ({dead.Evidence}) {still.TotalSeconds:F3} s after its last beat");
        var unbroken = by.SentAt - Shortest(needed);
        // It takes a node a moment to learn that its connections have ended. A process that is gone is gone, whatever the database did.
        if (dead.Evidence == DeathEvidence.BeatStoodStill && _database.WasAway(unbroken, by.SentAt - TimeSpan.FromSeconds(0.6)))
            world.Fail($"{dead.Id} is declared dead because the database was away");
        if (by.LastErrorAt > unbroken)
            world.Fail($"{by.By.Name} declares {dead.Id} dead by an observation with a database error in it");
        if (dead.Evidence != DeathEvidence.BeatStoodStill && _processes.Any(p => p.IsRunning && p.Self == dead.Id))
            world.Fail($"{dead.Id} is declared dead ({dead.Evidence}), but its process lives");
        Deaths++;
    }

    /// <summary>Nobody is put out but by most of the others, or by one older node it has been at odds with.</summary>
    public void Evicts(NodeId id, Reconciling by)
    {
        world.Trace("db", $"{id} is voted out");
        Evictions++;
        var plan = ReconcilePlan.Decide(by.Rows, by.Evidence, options.Rules);
        var gone = plan.Dead.Select(d => d.Id).Concat(plan.Evicted.TakeWhile(e => e != id)).ToHashSet();
        var members = by.Rows.Nodes.Where(n => n.State is NodeRowState.Up or NodeRowState.Leaving && !gone.Contains(n.Id)).ToArray();
        var accused = members.Single(n => n.Id == id);
        var accusers = members.Where(n => n.Id != id && n.Accused.Contains(id)).ToArray();
        var isOutvoted = members.Length > 2 && accusers.Length * 2 > members.Length - 1;
        var isAtOdds = accusers.Any(a => a.Number < accused.Number && accused.Accused.Contains(a.Id));
        if (!isOutvoted && !isAtOdds)
            world.Fail($"{id} is put out by {accusers.Length} of {members.Length - 1}");
    }

    /// <summary>Epochs only grow, with every change of owner; and a live owner loses nothing but by itself or the drain limit.</summary>
    public void Writes(ShardRow before, ShardRow after)
    {
        if (after.Owner != before.Owner || after.Epoch != before.Epoch)
        {
            Moves++;
            if (after.Epoch != before.Epoch + 1)
                world.Fail($"shard {after.Id} went from epoch {before.Epoch} to {after.Epoch}");
            if (before.Owner is { } owner && !_handedOver.Contains(new ShardEpoch(before.Id, before.Epoch)))
                Loses(owner, before);
        }

        if (before.IsDraining && after.IsDraining && after.Epoch == before.Epoch)
            return;
        _drainingSince[after.Id.Value] = world.Now;
    }

    /// <summary>A journal row at epoch e commits only while the shard is at e.</summary>
    public void Journals(string node, ShardId shard, long epoch)
    {
        Journaled++;
        if (_database.Tables[shard].Epoch != epoch)
            world.Fail($"{node} journals for shard {shard} at epoch {epoch}, which is at {_database.Tables[shard].Epoch}");
        if (epoch < _journaled[shard.Value])
            world.Fail($"{node} journals for shard {shard} at epoch {epoch} after {_journaled[shard.Value]}");
        _journaled[shard.Value] = epoch;
    }

    /// <summary>
    /// No two nodes may act for one shard at one true time. What a node may do grows only with a view or a lease it is given, so it is
    /// enough to look then.
    /// </summary>
    public void MayAct(SimulatedNode process)
    {
        if (!process.HoldsLease)
            return;
        for (var shard = 0; shard < options.Shards; shard++)
        {
            if (!process.MayAct(new ShardId(shard)))
                continue;
            foreach (var other in _processes)
            {
                if (other != process && other.IsRunning && other.MayAct(new ShardId(shard)))
                    world.Fail($"both {process.Name} and {other.Name} may act for shard {shard}");
            }
        }
    }

    private void Loses(NodeId owner, ShardRow shard)
    {
        var drained = world.Now - _drainingSince[shard.Id.Value];
        if (shard.IsDraining && drained >= Shortest(options.Rules.DrainLimit))
            return;
        var row = _database.Tables.Find(owner);
        if (row?.State == NodeRowState.Down)
            return;
        if (row is not null)
            world.Fail($"shard {shard.Id} is taken from {owner}, which is {row.State}");
        if (world.Now - _lastBeat.GetValueOrDefault(owner) < Shortest(options.Rules.Lease))
            world.Fail($"shard {shard.Id} is taken from {owner}, which has no row but may have a lease");
    }

    /// <summary>In true time: what the fastest clock makes of it.</summary>
    private TimeSpan Shortest(TimeSpan time) => time / (1 + options.Drift) - TimeSpan.FromMilliseconds(1);
}
