using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace Conference.Actors.Cluster;

/// <summary>What gossip says of the nodes, and what <see cref="PeersActor"/> heard from each.</summary>
public sealed class ClusterNodes : IClusterNodes, IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly global::Akka.Cluster.Cluster _cluster;
    private readonly ConcurrentDictionary<NodeId, NodeCard> _cards = [];

    private ClusterNodes(ExtendedActorSystem system)
    {
        _system = system;
        _cluster = global::Akka.Cluster.Cluster.Get(system);
        Self = NodeId.Of(_cluster.SelfUniqueAddress);
    }

    public NodeId Self { get; }

    public ImmutableArray<ClusterNode> All
    {
        get
        {
            var state = _cluster.State;
            return
            [
                .. state.Members.Where(m => m.Status is not (MemberStatus.Down or MemberStatus.Removed)).Select(m =>
                {
                    var id = NodeId.Of(m.UniqueAddress);
                    return new ClusterNode(id, m.Address, m.Status, !state.Unreachable.Contains(m), _cards.GetValueOrDefault(id));
                }),
            ];
        }
    }

    public static ClusterNodes Of(ActorSystem system) => system.WithExtension<ClusterNodes, Provider>();

    public ClusterNode? Find(NodeId id) => All.FirstOrDefault(n => n.Id == id);

    public IActorRef Forwarders(NodeId id) => Resolve(id, "forwarders");

    public IActorRef Node(NodeId id) => Resolve(id, "node");

    /// <summary>A node has said who it is.</summary>
    public void Know(NodeCard card) => _cards[card.Id] = card;

    public void Forget(NodeId id) => _cards.TryRemove(id, out _);

    private IActorRef Resolve(NodeId id, string name) => Find(id) is { } node
        ? _system.Provider.ResolveActorRef(new RootActorPath(node.Address) / "user" / name)
        : ActorRefs.Nobody;

    private sealed class Provider : ExtensionIdProvider<ClusterNodes>
    {
        public override ClusterNodes CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
