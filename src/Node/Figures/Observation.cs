using System.Collections.Immutable;
using Conference.Actors.Cluster;

namespace Conference.Node.Figures;

/// <summary>The cluster, as this node saw it at one moment.</summary>
/// <param name="Number">Counts them.</param>
/// <param name="At">When.</param>
/// <param name="Self">This node.</param>
/// <param name="Nodes">All of the view, and this one, in the order of their names.</param>
/// <param name="Rooms">What of their rooms was asked for; none while nobody looks.</param>
public sealed record Observation(long Number, DateTimeOffset At, string Self, ImmutableArray<ObservedNode> Nodes, RoomBoard Rooms)
{
    public static Observation None { get; } = new(0, DateTimeOffset.UnixEpoch, "", [], RoomBoard.Empty);

    public ObservedNode? Find(string id) => Nodes.FirstOrDefault(n => n.Id == id);
}

/// <param name="Id">Which life of which node.</param>
/// <param name="Name">Not unique.</param>
/// <param name="Host">Where clients reach it.</param>
/// <param name="IsLeaving">As the cluster's tables say.</param>
/// <param name="Figures">What it said last; null when it has said nothing yet.</param>
/// <param name="Answers">It said so just now.</param>
public sealed record ObservedNode(string Id, string Name, string Host, bool IsLeaving, NodeFigures? Figures, bool Answers)
{
    /// <summary>All there are, with what each says now, or what it said <paramref name="before"/> where it says nothing now.</summary>
    /// <param name="view">The cluster's. A node that was fenced is not in it, but is here.</param>
    /// <param name="self">This node.</param>
    /// <param name="said">This node's figures among the others'.</param>
    /// <param name="before">The observation before this one.</param>
    public static ImmutableArray<ObservedNode> All(
        ClusterView view, NodeId self, IReadOnlyDictionary<NodeId, NodeFigures> said, Observation before)
    {
        var nodes = view.Nodes.Select(n => Of(n.Id, n.Name, n.Host, n.State == NodeState.Leaving));
        if (view.Find(self) is null)
            nodes = nodes.Append(Of(self, said.GetValueOrDefault(self)?.Name ?? "", "", isLeaving: false));
        return [.. nodes.OrderBy(n => n.Name, StringComparer.Ordinal).ThenBy(n => n.Id, StringComparer.Ordinal)];

        ObservedNode Of(NodeId id, string name, string host, bool isLeaving)
        {
            var now = said.GetValueOrDefault(id);
            return new ObservedNode(id.ToString(), name, host, isLeaving, now ?? before.Find(id.ToString())?.Figures, now is not null);
        }
    }
}
