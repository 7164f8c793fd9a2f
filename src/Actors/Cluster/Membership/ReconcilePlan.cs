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

    /// <summary>What is to be done about these tables. Pure, and quick: called inside the transaction.</summary>
    public static ReconcilePlan Decide(MembershipTables tables, ReconcileEvidence evidence, MembershipRules rules) => Empty;
}

/// <param name="Shard">Which.</param>
/// <param name="Epoch">At which epoch it is taken.</param>
/// <param name="To">From whoever owns it to whom.</param>
/// <param name="IsOverdue">From an owner that may live, and had its time.</param>
public readonly record struct Takeover(ShardId Shard, long Epoch, NodeId To, bool IsOverdue);

public readonly record struct Drain(ShardId Shard, long Epoch, NodeId To);
