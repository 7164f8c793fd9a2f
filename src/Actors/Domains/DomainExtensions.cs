using Akka.Cluster.Sharding;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Tracing;
using Conference.Protocol.Addresses;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Domains;

internal static class DomainExtensions
{
    /// <summary>
    /// Domains, each in the one place of the cluster that its name falls to. Nobody waits for them but operators: their shards are few, and have an owner once
    /// somebody asks.
    /// </summary>
    public static AkkaConfigurationBuilder WithDomains(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILogger log) =>
        builder.WithActors((system, registry) =>
        {
            var entity = new EntityContext(options.Guard, options.Store, ClusterNodes.Of(system), options.Metrics, log);
            registry.Register<DomainActor>(ClusterSharding.Get(system).Start(
                "domains",
                id => DomainActor.Props(Domain.Written(id), options.DomainContents, entity),
                ClusterShardingSettings.Create(system).WithStateStoreMode(StateStoreMode.DData).WithPassivateIdleAfter(TimeSpan.Zero),
                new Extractor(),
                ShardPlacement.Of(ClusterNodes.Of(system), options.ShardsAtOnce),
                StopEntity.Instance));
            system.ActorOf(DomainUseActor.Props(options.DomainUse, ClusterNodes.Of(system)), "domain-use");
        });

    private sealed class Extractor() : HashCodeMessageExtractor(ShardCount)
    {
        /// <summary>The same in all nodes of a cluster, always.</summary>
        private const int ShardCount = 8;

        public override string? EntityId(object message) => (Traced.Unwrap(message) as IDomainMessage)?.EntityId;
    }
}
