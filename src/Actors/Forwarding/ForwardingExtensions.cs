using Akka.Hosting;
using Conference.Actors.Cluster;

namespace Conference.Actors.Forwarding;

internal static class ForwardingExtensions
{
    /// <summary>This node's forwarders, and what carries the plane's events to them.</summary>
    public static AkkaConfigurationBuilder WithForwarding(this AkkaConfigurationBuilder builder, ConferenceOptions options) =>
        builder.WithActors((system, registry) =>
        {
            var node = new ForwardingContext(options.Plane, ClusterNodes.Of(system).Self, options.Metrics);
            var forwarders = system.ActorOf(ForwardersActor.Props(node), "forwarders");
            registry.Register<ForwardersActor>(forwarders);
            system.ActorOf(MediaEventsActor.Props(options.Plane, forwarders), "media-events");
        });
}
