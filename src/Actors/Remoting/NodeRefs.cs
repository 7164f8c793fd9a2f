using Conference.Actors.Cluster;
using Conference.Actors.Runtime;

namespace Conference.Actors.Remoting;

/// <summary>What every node has, by the names all nodes know.</summary>
internal sealed class NodeRefs(RemoteActors remote) : INodeRefs
{
    public IActorRef Forwarders(NodeId node) => remote.RefOf(node, WellKnownActor.Forwarders);

    public IActorRef Awake(NodeId node) => remote.RefOf(node, WellKnownActor.Awake);

    public IActorRef Figures(NodeId node) => remote.RefOf(node, WellKnownActor.Figures);

    public IActorRef Drain(NodeId node) => remote.RefOf(node, WellKnownActor.Drain);
}
