using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace Conference.Actors.Cluster;

/// <summary>The nodes of the cluster, as this one sees them. Safe from any thread.</summary>
public interface IClusterNodes
{
    NodeId Self { get; }

    /// <summary>All members that are not down, this one among them; none before this node has joined.</summary>
    ImmutableArray<ClusterNode> All { get; }

    ClusterNode? Find(NodeId id);

    /// <summary>The forwarders of a node: take every <see cref="Forwarding.IForwarderMessage"/>. Of one that is no member, nobody.</summary>
    IActorRef Forwarders(NodeId id);

    /// <summary>Who answers for a node: takes <see cref="NodeCommands"/>. Of one that is no member, nobody.</summary>
    IActorRef Node(NodeId id);
}

/// <param name="Id">Which life of it.</param>
/// <param name="Address">Where its actors are.</param>
/// <param name="Status">What the cluster has agreed on.</param>
/// <param name="IsReachable">Somebody hears from it.</param>
/// <param name="Card">What it says of itself; null before it has said so to this node.</param>
public sealed record ClusterNode(NodeId Id, Address Address, MemberStatus Status, bool IsReachable, NodeCard? Card);
