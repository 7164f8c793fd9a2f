using System.Collections.Immutable;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What one reconcile writes; see <see cref="MembershipStatement.Reconcile"/>.</summary>
/// <param name="Dead">To be marked down.</param>
/// <param name="Evicted">Voted out.</param>
/// <param name="Takeovers">Shards whose owner does not hand them over.</param>
/// <param name="Drains">Shards whose owner is to hand them over, or to somebody else than it was told before.</param>
public sealed record ReconcilePlan(
    ImmutableArray<DeadNode> Dead, ImmutableArray<NodeId> Evicted, ImmutableArray<Takeover> Takeovers, ImmutableArray<Drain> Drains)
{
    public static ReconcilePlan Empty { get; } = new([], [], [], []);

    public bool IsEmpty => Dead.IsEmpty && Evicted.IsEmpty && Takeovers.IsEmpty && Drains.IsEmpty;

    /// <summary>All it does is spread shards better over nodes that are well: it may wait.</summary>
    public bool OnlySpreads => Dead.IsEmpty && Evicted.IsEmpty && Takeovers.IsEmpty && Drains.All(d => d.IsSpreading);

    /// <summary>What is to be done about these tables. Pure, and quick: called inside the transaction.</summary>
    public static ReconcilePlan Decide(MembershipTables tables, ReconcileEvidence evidence, MembershipRules rules)
    {
        var rows = tables.Nodes.ToDictionary(n => n.Id);

        // A beat that came after the observation acquits, whoever observed what.
        ImmutableArray<DeadNode> dead =
        [
            .. evidence.Dead.Where(d => rows.TryGetValue(d.Id, out var row) && row.State != NodeRowState.Down && row.Beat == d.Beat),
        ];
        foreach (var (id, _, _) in dead)
            rows[id] = rows[id] with { State = NodeRowState.Down };
        var evicted = Votes.Evict(rows.Values, evidence);
        foreach (var id in evicted)
            rows[id] = rows[id] with { State = NodeRowState.Evicted };
        var up = rows.Values.Where(n => n.State == NodeRowState.Up).Select(n => n.Id).ToArray();
        var homes = new Rendezvous(up);
        if (homes.IsEmpty)
            return dead.IsEmpty && evicted.IsEmpty ? Empty : new ReconcilePlan(dead, evicted, [], []);

        // One that has just frozen would keep what it is given for its whole time to live.
        var sure = evidence.Doubtful.IsEmpty ? homes : new Rendezvous(up.Except(evidence.Doubtful));
        if (sure.IsEmpty)
            sure = homes;

        var takeovers = ImmutableArray.CreateBuilder<Takeover>();
        var drains = ImmutableArray.CreateBuilder<Drain>();
        var spreading = ImmutableArray.CreateBuilder<Drain>();
        var moving = 0;
        foreach (var shard in tables.Shards)
        {
            var (home, taker) = (homes.HomeOf(shard.Id), sure.HomeOf(shard.Id));
            var key = new ShardEpoch(shard.Id, shard.Epoch);
            var owner = shard.Owner is { } id ? rows.GetValueOrDefault(id) : null;
            if (shard.Owner is null || owner?.State == NodeRowState.Down || (owner is null && evidence.Orphaned.Contains(key)))
            {
                takeovers.Add(new Takeover(shard.Id, shard.Epoch, taker, IsOverdue: false));
            }
            else if (shard.IsDraining && evidence.Overdue.Contains(key))
            {
                takeovers.Add(new Takeover(shard.Id, shard.Epoch, taker, IsOverdue: true));
            }
            else if (shard.IsDraining)
            {
                moving++;
                // It goes where it belongs by now: one move, not two. Its owner hears of it, or was faster.
                if (shard.Target != home && shard.Target != taker)
                    drains.Add(new Drain(shard.Id, shard.Epoch, taker, IsSpreading: false));
            }
            else if (owner?.State == NodeRowState.Up && shard.Owner != home && home == taker)
            {
                spreading.Add(new Drain(shard.Id, shard.Epoch, home, IsSpreading: true));
            }
            else if (owner is { IsMember: true, State: not NodeRowState.Up })
            {
                drains.Add(new Drain(shard.Id, shard.Epoch, taker, IsSpreading: false));
            }
        }

        // Those who leave come first: they wait for it.
        var started = drains.Count(d => !tables.Shards[d.Shard.Value].IsDraining);
        var room = Math.Max(0, rules.MaxMoves - moving);
        if (started > room)
            Trim(drains, tables, room);
        drains.AddRange(spreading.Take(Math.Max(0, room - started)));
        return new ReconcilePlan(dead, evicted, takeovers.ToImmutable(), drains.ToImmutable());
    }

    /// <summary>Leaves all drains that go on, and so many that begin.</summary>
    private static void Trim(ImmutableArray<Drain>.Builder drains, MembershipTables tables, int beginning)
    {
        var kept = drains.Where(d => tables.Shards[d.Shard.Value].IsDraining || beginning-- > 0).ToArray();
        drains.Clear();
        drains.AddRange(kept);
    }
}

/// <param name="Shard">Which.</param>
/// <param name="Epoch">At which epoch it is taken.</param>
/// <param name="To">From whoever owns it to whom.</param>
/// <param name="IsOverdue">From an owner that may live, and had its time.</param>
public readonly record struct Takeover(ShardId Shard, long Epoch, NodeId To, bool IsOverdue);

/// <param name="Shard">Which.</param>
/// <param name="Epoch">At which epoch.</param>
/// <param name="To">The target.</param>
/// <param name="IsSpreading">Its owner is well, and could keep it.</param>
public readonly record struct Drain(ShardId Shard, long Epoch, NodeId To, bool IsSpreading);
