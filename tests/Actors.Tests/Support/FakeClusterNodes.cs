using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Conference.Actors.Cluster;

namespace Conference.Actors.Tests.Support;

/// <summary>A cluster as the test says.</summary>
/// <param name="self">This node.</param>
public sealed class FakeClusterNodes(NodeId self) : IClusterNodes
{
    private ImmutableArray<ClusterNode> _all =
        [new ClusterNode(self, Address.AllSystems, MemberStatus.Up, IsReachable: true, new NodeCard(self, "self", "self.example.org", 1, IsDraining: false))];

    public NodeId Self => self;

    /// <summary>Who answers for a node; of one that is not in here, nobody.</summary>
    public Dictionary<NodeId, IActorRef> NodeActors { get; } = [];

    public ImmutableArray<ClusterNode> All
    {
        get => _all;
        private set => _all = value;
    }

    /// <summary>What has the members' names; <c>x</c> is reached at <c>x.example.org</c>.</summary>
    public ClusterNode Add(string name, int number)
    {
        var id = RoomMakings.Node(number);
        var node = new ClusterNode(
            id, Address.AllSystems, MemberStatus.Up, IsReachable: true, new NodeCard(id, name, $"{name}.example.org", number, IsDraining: false));
        All = All.Add(node);
        return node;
    }

    /// <summary>Who carries the media of a node; of one that is not in here, nobody.</summary>
    public Dictionary<NodeId, IActorRef> ForwardersOf { get; } = [];

    public void Remove(ClusterNode node) => All = All.Remove(node);

    public void Change(ClusterNode node, Func<ClusterNode, ClusterNode> change) => All = All.Replace(Find(node.Id)!, change(Find(node.Id)!));

    public ClusterNode? Find(NodeId id) => All.FirstOrDefault(n => n.Id == id);

    public IActorRef Forwarders(NodeId id) => ForwardersOf.GetValueOrDefault(id, ActorRefs.Nobody);

    public IActorRef Node(NodeId id) => NodeActors.GetValueOrDefault(id, ActorRefs.Nobody);
}
