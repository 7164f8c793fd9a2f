using Akka.Hosting;
using Conference.Actors.Forwarding;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Cluster;

internal static class PeerExtensions
{
    /// <summary>This node's acquaintance with the others.</summary>
    public static AkkaConfigurationBuilder WithPeers(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILogger log) =>
        builder.WithActors((system, registry) =>
        {
            var nodes = ClusterNodes.Of(system);
            var self = new NodeCard(nodes.Self, options.NodeName, options.Host, options.Number, IsDraining: false);
            registry.Register<PeersActor>(system.ActorOf(PeersActor.Props(self, nodes, options.Plane, registry.Get<ForwardersActor>(), log), "peers"));
        });

    /// <summary>What any node may ask of this one.</summary>
    public static AkkaConfigurationBuilder WithNode(this AkkaConfigurationBuilder builder, ConferenceOptions options) =>
        builder.WithActors((system, registry) =>
            registry.Register<NodeActor>(system.ActorOf(NodeActor.Props(options.Statistics, options.Drain, options.Domains, options.DomainUse), "node")));
}
