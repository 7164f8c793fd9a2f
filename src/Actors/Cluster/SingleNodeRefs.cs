using Conference.Actors.Runtime;

namespace Conference.Actors.Cluster;

/// <summary>The nodes of a cluster of one: itself.</summary>
/// <param name="cluster">Which node that is.</param>
/// <param name="forwarders">Its forwarders.</param>
/// <param name="awake">Who knows what runs on it.</param>
internal sealed class SingleNodeRefs(ICluster cluster, Func<IActorRef> forwarders, Func<IActorRef> awake) : INodeRefs
{
    public IActorRef Forwarders(NodeId node) => node == cluster.Self ? forwarders() : ActorRefs.Nobody;

    public IActorRef Awake(NodeId node) => node == cluster.Self ? awake() : ActorRefs.Nobody;
}
