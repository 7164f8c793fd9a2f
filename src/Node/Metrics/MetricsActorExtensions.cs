using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Cluster;

namespace Conference.Node.Metrics;

public static class MetricsActorExtensions
{
    /// <summary>Counts what Akka says of itself and of the cluster.</summary>
    /// <param name="builder">Of the node's actor system.</param>
    /// <param name="cluster">Where the cluster is shown.</param>
    /// <param name="system">Where dead letters and failures are counted.</param>
    public static AkkaConfigurationBuilder WithMetrics(this AkkaConfigurationBuilder builder, ClusterMetrics cluster, ActorSystemMetrics system)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithActors((actors, _) =>
        {
            var nodes = ClusterNodes.Of(actors);
            actors.ActorOf(Props.Create(() => new MetricsActor(cluster, system, nodes)), "metrics");
        });
    }
}
