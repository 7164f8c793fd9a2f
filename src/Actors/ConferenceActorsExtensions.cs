using Akka.Hosting;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Microsoft.Extensions.Logging;

namespace Conference.Actors;

/// <summary>The actors of a node, put together.</summary>
public static class ConferenceActorsExtensions
{
    /// <param name="builder">Of an actor system with cluster sharding and a journal.</param>
    /// <param name="options">What the node provides.</param>
    /// <param name="loggers">For lines that belong to a trace.</param>
    public static AkkaConfigurationBuilder WithConference(this AkkaConfigurationBuilder builder, ConferenceOptions options, ILoggerFactory loggers)
    {
        var log = loggers.CreateLogger("Conference.Actors");
        return builder
            .WithConferenceSerialization()
            .WithUsers(options, log)
            .WithRooms(options, log)
            .WithDomains(options, log)
            .WithShards()
            .WithForwarding(options)
            .WithPeers(options, log)
            .WithSessions(options, log)
            .WithNode(options)
            .WithOpenCalls(options);
    }
}
