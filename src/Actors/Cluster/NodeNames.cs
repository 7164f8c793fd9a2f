using System.Collections.Immutable;
using Akka.Cluster;

namespace Conference.Actors.Cluster;

/// <summary>Nodes by what operators call them. An id is one node's; a name may be that of several (<c>Node:Name</c> is the host's where nobody sets it).</summary>
public static class NodeNames
{
    /// <summary>Whom an operator means.</summary>
    /// <param name="nodes">All there are.</param>
    /// <param name="word">An id, whole or as logs and figures have it, or a name.</param>
    /// <returns>The node of that id, or every one of that name; of a node that was killed and its next life, which share one, the one that lives.</returns>
    public static ImmutableArray<ClusterNode> FindAll(this IClusterNodes nodes, string word)
    {
        var all = nodes.All;
        if (all.FirstOrDefault(n => word == n.Id.ToString() || word == n.Id.Value.ToString("N")) is { } node)
            return [node];
        ImmutableArray<ClusterNode> named = [.. all.Where(n => n.Card?.Name == word)];
        ImmutableArray<ClusterNode> living = [.. named.Where(IsLiving)];
        return living.IsEmpty ? named : living;
    }

    /// <summary>The other nodes that go by the name of one, in the order they came.</summary>
    public static ImmutableArray<ClusterNode> Namesakes(this IClusterNodes nodes, NodeCard card) =>
        [.. nodes.All.Where(n => n.Id != card.Id && n.Card?.Name == card.Name && IsLiving(n)).OrderBy(n => n.Card!.Number)];

    private static bool IsLiving(ClusterNode node) =>
        node is { IsReachable: true, Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up };
}
