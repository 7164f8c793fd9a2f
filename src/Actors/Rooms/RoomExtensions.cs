using Akka.Hosting;
using Conference.Actors.Cluster;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Rooms;

internal static class RoomExtensions
{
    /// <summary>Rooms, each in the one place of the cluster that its name falls to.</summary>
    public static AkkaConfigurationBuilder WithRooms(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILogger log)
    {
        var shards = new ShardTenures(new EntityExtractor(), options.IsAlone, options.Time);
        return builder.WithEntities<RoomActor>("rooms", ofRooms: true, options, shards, system =>
        {
            var entity = new EntityContext(options.Guard, options.Store, ClusterNodes.Of(system), options.Metrics, log) 
            {
                Domains = options.Policy.Domains,
                DomainUse = options.DomainUse,
            };
            return id =>
            {
                var room = EntityIds.NameIn(id);
                return RoomActor.Props(room, options.Rooms.By(entity.Domains.RulesOf(room.Domain)), entity);
            };
        });
    }
}
