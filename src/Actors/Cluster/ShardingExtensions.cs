using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;

namespace Conference.Actors.Cluster;

internal static class ShardingExtensions
{
    /// <summary>A region of entities, with a keeper in each of its shards, and a first one to warm up with.</summary>
    /// <typeparam name="T">The entities' actor, under which the region is registered.</typeparam>
    /// <param name="builder">Of the system.</param>
    /// <param name="kind">What the region is called.</param>
    /// <param name="ofRooms">Which of the two.</param>
    /// <param name="options">What the node provides.</param>
    /// <param name="shards">Which shards of the kind are here.</param>
    /// <param name="props">By entity id.</param>
    public static AkkaConfigurationBuilder WithEntities<T>(
        this AkkaConfigurationBuilder builder,
        string kind,
        bool ofRooms,
        ConferenceOptions options,
        ShardTenures shards,
        Func<ActorSystem, Func<string, Props>> props)
        where T : ActorBase =>
        builder.WithActors((system, registry) =>
        {
            var entity = props(system);
            // Akka.Hosting's WithShardRegion takes no allocation strategy.
            registry.Register<T>(ClusterSharding.Get(system).Start(
                kind,
                id => EntityExtractor.IsKeeper(id) ? ShardKeeperActor.Props(ofRooms, shards, options.Metrics) : entity(id),
                // Entities say themselves when they have nothing to keep.
                ClusterShardingSettings.Create(system).WithStateStoreMode(StateStoreMode.DData).WithPassivateIdleAfter(TimeSpan.Zero),
                new EntityExtractor(),
                ShardPlacement.Of(ClusterNodes.Of(system), options.ShardsAtOnce),
                StopEntity.Instance));
            registry.Register<WarmUpActor<T>>(system.ActorOf(MadeBy.Props(() => new WarmUpActor<T>(entity)), $"{kind}-warm-up"));
        });

    public static AkkaConfigurationBuilder WithShards(this AkkaConfigurationBuilder builder) => builder.WithActors((system, registry) =>
        registry.Register<ShardsActor>(system.ActorOf(ShardsActor.Props(), "shards")));
}
