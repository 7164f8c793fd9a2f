using System.Net;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

/// <summary>Akka as this node needs it: remoting, cluster, serializers, dispatchers. The store's part is the store's.</summary>
public static class AkkaSetup
{
    /// <summary>The name of every node's actor system.</summary>
    public const string SystemName = "conference";

    /// <summary>A node without PostgreSQL: it listens on loopback, with a key that nobody else has. <see cref="SingleNode.JoinAsync"/> starts it.</summary>
    public static AkkaConfigurationBuilder WithNode(this AkkaConfigurationBuilder builder, ILoggerFactory loggers)
    {
        // Made when somebody knocks: hardly ever.
        var credentials = new Lazy<NodeCredentials>(NodeCredentials.ThrowAway);
        return builder.WithNode(AkkaHocon.Alone).AddSetup(new RemotingOptions
        {
            Credentials = () => credentials.Value,
            Listen = IPAddress.Loopback,
            Host = NodeEndpoint.HostOf(IPAddress.Loopback),
            Port = 0,
            Loggers = loggers,
        });
    }

    /// <summary>A node of a cluster. <see cref="NodeTable.JoinAsync"/> starts it.</summary>
    public static AkkaConfigurationBuilder WithNode(this AkkaConfigurationBuilder builder, ClusteredNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var votes = new VoteBoard();
        var log = node.Loggers.CreateLogger(typeof(AkkaSetup).FullName!);
        var timings = node.Timings.Checked();
        return builder.WithNode(AkkaHocon.Clustered(timings))
            .AddSetup(new RemotingOptions
            {
                Credentials = node.Credentials,
                Listen = node.Listen,
                Host = node.Table.Endpoint.Host,
                Port = node.Table.Endpoint.Port,
                Loggers = node.Loggers,
                Refused = node.OnRefused,
            })
            .AddSetup(new ClusterSetup { Database = node.Table.Database, Identity = node.Table.Identity, Votes = votes, Log = log, End = node.Shutdown.Down })
            .WithActors((system, _) =>
            {
                system.ActorOf(PulseActor.Props(node.Guard, votes, timings.Pulse, log), PulseActor.Name);
                system.ActorOf(ProvenDeath.Props(new ProvenDeathOptions(node.Table.Database, node.Table.Identity, node.OnProvenDeath, log)), "proven-death");
                system.ActorOf(DowningWatch.Props(node.Shutdown, node.Table.Departed), "downing-watch");
            });
    }

    private static AkkaConfigurationBuilder WithNode(this AkkaConfigurationBuilder builder, string more) => builder
        .WithClustering()
        // The last that is prepended wins: over Akka.Hosting's own defaults too.
        .AddHocon(AkkaHocon.Node, HoconAddMode.Prepend)
        .AddHocon(more, HoconAddMode.Prepend);
}

/// <summary>A node of a cluster, as it is put together.</summary>
public sealed record ClusteredNode
{
    public required NodeTable Table { get; init; }

    /// <summary>What this node shows, and whom it takes; asked at every connection, so that renewed files need no restart.</summary>
    public required Func<NodeCredentials> Credentials { get; init; }

    /// <summary>Where the port for other nodes listens.</summary>
    public required IPAddress Listen { get; init; }

    public required ActingGuard Guard { get; init; }

    public required DownedShutdown Shutdown { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public ClusterTimings Timings { get; init; } = ClusterTimings.Default;

    /// <summary>Another node was found dead, and is put out. Counted.</summary>
    public Action OnProvenDeath { get; init; } = () => { };

    /// <summary>Somebody who is no node was refused at the port for other nodes. Counted. From any thread.</summary>
    public Action OnRefused { get; init; } = () => { };
}
