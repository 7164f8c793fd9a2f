using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Sessions;

internal static class SessionExtensions
{
    /// <summary>The sessions of this node's clients.</summary>
    public static AkkaConfigurationBuilder WithSessions(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILogger log) =>
        builder.WithActors((system, registry) =>
        {
            var node = new NodeContext
            {
                Name = options.NodeName,
                Policy = options.Policy,
                Users = registry.Get<UserActor>(),
                Rooms = registry.Get<RoomActor>(),
                Forwarders = registry.Get<ForwardersActor>(),
                Plane = options.Plane,
                Metrics = options.Metrics,
                Nodes = ClusterNodes.Of(system),
                Number = options.Number,
                Log = log,
                Authenticator = options.Authenticator,
                RoomsOnDemand = options.Rooms.OnDemand,
                IdleLimit = options.IdleLimit,
                Limits = options.Limits,
                DomainUse = options.DomainUse,
            };
            registry.Register<SessionsActor>(system.ActorOf(SessionsActor.Props(node, options.MaxSessions), "sessions"));
        });
}
