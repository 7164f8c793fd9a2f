using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What a node knows from its own observation, and the tables cannot show. Everything else is decided from the rows.</summary>
/// <param name="Dead">Whose beat stood still.</param>
/// <param name="Doubtful">Whose beat has stood still for <see cref="MembershipRules.Stall"/>: nothing is given to them where somebody else could have it.</param>
/// <param name="Fresh">Whose beat moved lately: their accusations count.</param>
/// <param name="Feuds">Pairs that have accused each other for <see cref="MembershipRules.FeudLimit"/>.</param>
/// <param name="Overdue">Shards that have been draining at this epoch for <see cref="MembershipRules.DrainLimit"/>.</param>
/// <param name="Orphaned">Shards whose owner has had no row for <see cref="MembershipRules.Ttl"/>.</param>
public sealed record ReconcileEvidence(
    ImmutableArray<DeadNode> Dead,
    ImmutableArray<NodeId> Doubtful,
    ImmutableArray<NodeId> Fresh,
    ImmutableArray<NodePair> Feuds,
    ImmutableArray<ShardEpoch> Overdue,
    ImmutableArray<ShardEpoch> Orphaned)
{
    public static ReconcileEvidence None { get; } = new([], [], [], [], [], []);
}

/// <summary>A node at a beat after which none came.</summary>
public readonly record struct DeadNode(NodeId Id, long Beat, DeathEvidence Evidence);

/// <summary>Two nodes, the smaller id first.</summary>
public readonly record struct NodePair(NodeId First, NodeId Second);

/// <summary>Why a node is dead. There is no other way to be declared so.</summary>
public enum DeathEvidence
{
    /// <summary>Its beat stood still for <see cref="MembershipRules.Ttl"/> under unbroken observation.</summary>
    BeatStoodStill,

    /// <summary>
    /// Its beat stood still for <see cref="MembershipRules.Stall"/> under unbroken observation, its session lock is free, and its port,
    /// which was seen open, refuses.
    /// </summary>
    ProcessGone,

    /// <summary>As <see cref="ProcessGone"/>, but a later life has registered the same address instead of the port refusing.</summary>
    Replaced,
}
