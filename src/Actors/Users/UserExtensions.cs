using Akka.Hosting;
using Conference.Actors.Cluster;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Users;

internal static class UserExtensions
{
    /// <summary>Users, each in the one place of the cluster that its name falls to.</summary>
    public static AkkaConfigurationBuilder WithUsers(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILogger log)
    {
        var shards = new ShardTenures(new EntityExtractor(), options.IsAlone, options.Time);
        return builder.WithEntities<UserActor>("users", ofRooms: false, options, shards, system =>
        {
            var entity = new EntityContext(options.Guard, options.Store, ClusterNodes.Of(system), options.Metrics, log) { Domains = options.Policy.Domains };
            return id => UserActor.Props(EntityIds.NameIn(id), entity, shards);
        });
    }
}
