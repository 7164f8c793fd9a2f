using System.Collections.Immutable;
using System.Net;
using Conference.Actors.Runtime.Sharding;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Cluster;

/// <summary>What a node knows of its cluster: who is in it and who owns what. Immutable, replaced whole.</summary>
/// <param name="Version">Of the tables it was read from; grows with every change.</param>
/// <param name="Nodes">All that are not down, this one among them.</param>
/// <param name="Shards">Place by place, indexed by <see cref="ShardId.Value"/>.</param>
public sealed record ClusterView(long Version, ImmutableArray<ClusterNode> Nodes, ImmutableArray<ShardPlace> Shards)
{
    /// <summary>Shards of a cluster: users and rooms fall into the same ones. Fixed for the life of a cluster's data.</summary>
    public const int ShardCount = HashCodeMessageExtractor.DefaultShards;

    /// <summary>What is known before anything is: nobody, and nothing that anybody owns.</summary>
    public static ClusterView Empty { get; } = new(-1, [], [.. Enumerable.Repeat(default(ShardPlace), ShardCount)]);

    public ShardPlace this[ShardId shard] => Shards[shard.Value];

    public ClusterNode? Find(NodeId id)
    {
        // Asked for every message that leaves the node: no delegate.
        foreach (var node in Nodes)
            if (node.Id == id)
                return node;
        return null;
    }

    /// <summary>The node that owns a user and the room of its name; null while nobody does.</summary>
    public ClusterNode? OwnerOf(Name name) => this[ShardOf.Name(name)].Owner is { } owner ? Find(owner) : null;
}

/// <summary>One node, as the others see it.</summary>
/// <param name="Id">Which life of it.</param>
/// <param name="Name"><c>Node:Name</c>; not unique.</param>
/// <param name="Link">Where its node links and trunks are reached (<c>Cluster:Advertise</c>, <c>Cluster:Port</c>).</param>
/// <param name="Number">
/// Counted up over all lives of all nodes, from 1; names things that must be unique in the cluster, such as guests. 0 in a cluster of one.
/// </param>
/// <param name="State">Whether it takes shards.</param>
/// <param name="Host">Where clients reach it; what <c>114 moving</c> names.</param>
public sealed record ClusterNode(NodeId Id, string Name, IPEndPoint Link, int Number, NodeState State, string Host);

public enum NodeState
{
    /// <summary>Is given no shards until it has links to all that are up.</summary>
    Joining,

    /// <summary>Owns shards and is given more.</summary>
    Up,

    /// <summary>Hands over what it owns, and is given nothing. Also one that was voted out and may not know it yet.</summary>
    Leaving,
}

/// <summary>Who owns a shard. An epoch names one owner: it grows with every change of owner, and never shrinks.</summary>
/// <param name="Owner">Null while nobody does.</param>
/// <param name="Epoch">See above.</param>
/// <param name="Target">While the owner hands it over: to whom. Null otherwise.</param>
public readonly record struct ShardPlace(NodeId? Owner, long Epoch, NodeId? Target)
{
    public bool IsDraining => Target is not null;
}
