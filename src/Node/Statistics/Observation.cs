using System.Collections.Immutable;
using Akka.Cluster;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;

namespace Conference.Node.Statistics;

/// <summary>The cluster, as this node saw it at one moment.</summary>
/// <param name="Number">Counts them.</param>
/// <param name="At">When: by the machine's clock of when this node began to look, and how long ago that was by one that only goes forward. What is
/// measured between two of them, and charts, are right whatever is done to the machine's clock.</param>
/// <param name="Self">This node.</param>
/// <param name="Nodes">All members, and this one, in the order of their names.</param>
/// <param name="Rooms">What of their rooms was asked for; none while nobody looks.</param>
public sealed record Observation(long Number, DateTimeOffset At, string Self, ImmutableArray<ObservedNode> Nodes, RoomBoard Rooms)
{
    /// <summary>When, by the machine's clock: for people, who compare it with theirs.</summary>
    public DateTimeOffset Clock { get; init; } = At;

    public static Observation None { get; } = new(0, DateTimeOffset.UnixEpoch, "", [], RoomBoard.Empty);

    public ObservedNode? Find(string id) => Nodes.FirstOrDefault(n => n.Id == id);
}

/// <param name="Id">Which life of which node.</param>
/// <param name="Name">Not unique.</param>
/// <param name="Host">Where clients reach it.</param>
/// <param name="Status">As the cluster's members know it: joining, up, leaving or down.</param>
/// <param name="IsReachable">For all of them.</param>
/// <param name="Statistics">What it said last; null when it has said nothing yet.</param>
/// <param name="Answers">It said so just now.</param>
public sealed record ObservedNode(string Id, string Name, string Host, string Status, bool IsReachable, NodeStatistics? Statistics, bool Answers)
{
    public bool IsLeaving => Status is "leaving" or "down";

    /// <summary>All there are, with what each says now, or what it said <paramref name="before"/> where it says nothing now.</summary>
    /// <param name="nodes">The cluster's members. A node that was put out, or has not joined yet, is not among its own, but is here.</param>
    /// <param name="self">This node.</param>
    /// <param name="said">This node's figures among the others'.</param>
    /// <param name="before">The observation before this one.</param>
    public static ImmutableArray<ObservedNode> All(
        IReadOnlyCollection<ClusterNode> nodes, NodeId self, IReadOnlyDictionary<NodeId, NodeStatistics> said, Observation before)
    {
        var all = nodes.Select(n => Of(
            n.Id, n.Card?.Name ?? said.GetValueOrDefault(n.Id)?.Name ?? $"{n.Address.Host}:{n.Address.Port}", n.Card?.Host ?? "", n.Status, n.IsReachable));
        if (nodes.All(n => n.Id != self))
            all = all.Append(Of(self, said.GetValueOrDefault(self)?.Name ?? "", "", MemberStatus.Joining, isReachable: true));
        return [.. all.OrderBy(n => n.Name, StringComparer.Ordinal).ThenBy(n => n.Id, StringComparer.Ordinal)];

        ObservedNode Of(NodeId id, string name, string host, MemberStatus status, bool isReachable)
        {
            var now = said.GetValueOrDefault(id);
            return new ObservedNode(
                id.ToString(), name, host, ClusterMetrics.StateOf(status), isReachable, now ?? before.Find(id.ToString())?.Statistics, now is not null);
        }
    }
}
