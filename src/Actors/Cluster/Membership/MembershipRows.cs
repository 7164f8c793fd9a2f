using System.Collections.Immutable;
using System.Net;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What a node says of itself when it registers.</summary>
/// <param name="Name"><c>Node:Name</c>.</param>
/// <param name="Link">Where its links are reached. Listened on from before <c>Register</c> until the process ends: "refused" means it is gone.</param>
/// <param name="Host">Where clients reach it.</param>
public sealed record NodeCard(string Name, IPEndPoint Link, string Host);

/// <summary>Where a life of a node is. It only ever goes forward, but for <see cref="Leaving"/>, which may be called off.</summary>
public enum NodeRowState
{
    /// <summary>Beats, and is given no shards until it has links to all that are up.</summary>
    Joining,

    /// <summary>Owns shards and is given more.</summary>
    Up,

    /// <summary>Hands over what it owns.</summary>
    Leaving,

    /// <summary>Voted out: its beats touch no row, but its lease may still hold, so its shards are not yet anybody else's.</summary>
    Evicted,

    /// <summary>Over. Its shards are free for the taking.</summary>
    Down,
}

/// <summary>One row of the node table.</summary>
/// <param name="Id">Key.</param>
/// <param name="Number">Counted up over all lives of all nodes: the smaller is the older.</param>
/// <param name="Card">What it said. A row that cannot be read is kept, with a link to nowhere (<c>0.0.0.0:0</c>): its shards have an owner.</param>
/// <param name="State">See there.</param>
/// <param name="Beat">Counts its beats. Only grows.</param>
/// <param name="Accused">Whom it could not reach when it beat last.</param>
public sealed record NodeRow(NodeId Id, int Number, NodeCard Card, NodeRowState State, long Beat, ImmutableArray<NodeId> Accused)
{
    /// <summary>Its beats count: it may hold a lease, and vote.</summary>
    public bool IsMember => State is NodeRowState.Joining or NodeRowState.Up or NodeRowState.Leaving;
}

/// <summary>One row of the shard table. Free: no owner. Owned: an owner and no target. Draining: an owner and a target.</summary>
/// <param name="Id">Key.</param>
/// <param name="Owner">Null while free.</param>
/// <param name="Epoch">Grows by one with every change of <paramref name="Owner"/> and never otherwise; so it names one owner.</param>
/// <param name="Target">Who gets it from its owner.</param>
public readonly record struct ShardRow(ShardId Id, NodeId? Owner, long Epoch, NodeId? Target)
{
    public bool IsDraining => Target is not null;
}

/// <summary>The tables as one snapshot shows them.</summary>
/// <param name="Version">Of the cluster row: grows with every committed change of a node's state or a shard's row. Beats do not count.</param>
/// <param name="Nodes">In no order: all that are not down, and those that are down but own a shard.</param>
/// <param name="Shards">All, in the order of their ids, which are 0, 1, 2, ...</param>
public sealed record MembershipTables(long Version, ImmutableArray<NodeRow> Nodes, ImmutableArray<ShardRow> Shards);

/// <summary>One row of what <see cref="MembershipStatement.Observe"/> returns.</summary>
/// <param name="Id">Who.</param>
/// <param name="Beat">Its beat now.</param>
/// <param name="Accused">Whom it could not reach.</param>
/// <param name="HoldsSession">Somebody holds the advisory lock of this id. Null where it was not asked for.</param>
public readonly record struct NodeObservation(NodeId Id, long Beat, ImmutableArray<NodeId> Accused, bool? HoldsSession);
