using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Transport;
using Conference.Node.Akka;
using Conference.Node.Akka.Remoting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Conference.Node.Tests.Akka.Support;

/// <summary>
/// A node of a cluster as production puts it together, in this process: at an address of loopback of its own, behind a <see cref="Gate"/>, and with another gate on
/// its way to the database.
/// </summary>
internal sealed class TestNode : IAsyncDisposable
{
    /// <summary>Quick, and still patient enough for a machine that is busy.</summary>
    public static ClusterTimings Timings { get; } = new()
    {
        Heartbeat = TimeSpan.FromMilliseconds(200),
        Pause = TimeSpan.FromSeconds(2),
        StableAfter = TimeSpan.FromSeconds(2),
        ActingLimit = TimeSpan.FromSeconds(3),
        Pulse = TimeSpan.FromMilliseconds(200),
        Lease = TimeSpan.FromSeconds(5),
    };

    /// <summary>For tests in which neither the failure detector nor the resolver is to have a say, however slow the machine is.</summary>
    public static ClusterTimings Patient { get; } = Timings with
    {
        Pause = TimeSpan.FromSeconds(20),
        StableAfter = TimeSpan.FromSeconds(20),
        ActingLimit = TimeSpan.FromSeconds(30),
    };

    private readonly IHost _host;
    private int _provenDeaths;
    private int _refused;

    private TestNode(NodeTable table, NodeCredentials credentials, Gate port, Gate database, IPAddress listen, TestLogs logs, ClusterTimings timings)
    {
        (Table, Credentials, Port, Database, Listen, Logs) = (table, credentials, port, database, listen, logs);
        Guard = new ActingGuard(timings);
        Shutdown = new DownedShutdown(Guard, () =>
        {
            SaidFarewell = true;
            return Task.CompletedTask;
        }, logs, _exited.SetResult);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(logs);
        builder.Services.AddAkka(AkkaSetup.SystemName, akka => akka
            .ConfigureLoggers(l => l.ClearLoggers())
            .WithNode(new ClusteredNode
            {
                Table = table,
                Credentials = () => Credentials,
                Listen = listen,
                Guard = Guard,
                Shutdown = Shutdown,
                Loggers = logs,
                Timings = timings,
                OnProvenDeath = () => Interlocked.Increment(ref _provenDeaths),
                OnRefused = () => Interlocked.Increment(ref _refused),
            })
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF, remote.tls.applied-adapters = [\"trttl\"] }", HoconAddMode.Prepend)
            .WithActors((system, _) => system.ActorOf(Echo.Props(), "echo")));
        _host = builder.Build();
    }

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeTable Table { get; }

    public NodeCredentials Credentials { get; set; }

    /// <summary>Where its port for other nodes really is.</summary>
    public IPAddress Listen { get; }

    /// <summary>On the way to its port for other nodes.</summary>
    public Gate Port { get; }

    /// <summary>On its way to the database.</summary>
    public Gate Database { get; }

    public string DatabaseName { get; private init; } = "";

    public TestLogs Logs { get; }

    public ActingGuard Guard { get; }

    public DownedShutdown Shutdown { get; }

    public bool SaidFarewell { get; private set; }

    public int ProvenDeaths => _provenDeaths;

    public int Refused => _refused;

    /// <summary>The exit code, once it would have ended.</summary>
    public Task<int> Exited => _exited.Task;

    public ActorSystem System { get; private set; } = null!;

    public Cluster Cluster => Cluster.Get(System);

    public NodeIncarnation Incarnation => NodeIncarnation.Of(Cluster.SelfUniqueAddress);

    /// <summary>How many members are up, by what this one knows.</summary>
    public int UpMembers => Cluster.State.Members.Count(m => m.Status == MemberStatus.Up) - Cluster.State.Unreachable.Count;

    /// <summary>Everything up to, and without, joining.</summary>
    /// <param name="server">Where the database is.</param>
    /// <param name="database">Its name.</param>
    /// <param name="number">Its address is 127.0.0.number.</param>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="secret">Cluster:Secret</param>
    /// <param name="timings">Of the cluster; <see cref="Timings"/> where there are none.</param>
    public static async Task<TestNode> StartAsync(
        PostgresServer server, string database, int number, int port = 0, string? secret = null, ClusterTimings? timings = null)
    {
        var logs = new TestLogs();
        var address = IPAddress.Parse($"127.0.0.{number}");
        var listen = IPAddress.Parse($"127.0.1.{number}");
        var place = NodeEndpoint.Of(address, address, port);
        var toDatabase = new Gate(new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, server.Port));
        var connection = new ClusterDatabase(PostgresServer.ConnectionString(database, toDatabase.EndPoint.Port), $"n{number}");
        try
        {
            var table = await NodeTable.OpenAsync(connection, place, $"n{number}", logs);
            var credentials = await ClusterCertificate.ReadAsync(table, secret, logs);
            var node = new TestNode(
                table, credentials, new Gate(new IPEndPoint(address, place.Port), new IPEndPoint(listen, place.Port)), toDatabase, listen, logs, timings ?? Timings) { DatabaseName = database };
            await node._host.StartAsync();
            node.System = node._host.Services.GetRequiredService<ActorSystem>();
            return node;
        }
        catch
        {
            toDatabase.Dispose();
            throw;
        }
    }

    public Task JoinAsync() => Table.JoinAsync(System, Credentials, TestContext.Current.CancellationToken);

    /// <summary>As SIGTERM does it.</summary>
    public async Task LeaveAsync()
    {
        await _host.StopAsync();
        await Table.DisposeAsync();
    }

    /// <summary>As kill -9 does it, as far as a process can do it to a part of itself: ports and sessions are gone at once, nobody is told.</summary>
    public void Kill()
    {
        Database.Refuse();
        Port.Refuse();
        ((ExtendedActorSystem)System).Abort();
    }

    /// <summary>Nothing goes between these two any more, and nothing is refused.</summary>
    public Task CutFromAsync(TestNode other) => ThrottleAsync(other, Blackhole.Instance);

    public Task MendToAsync(TestNode other) => ThrottleAsync(other, Unthrottled.Instance);

    public async ValueTask DisposeAsync()
    {
        // Read where a test has failed.
        foreach (string line in Logs.Lines)
            TestContext.Current.TestOutputHelper?.WriteLine($"{DatabaseName} {Table.Endpoint} {line}");
        Port.Dispose();
        ((ExtendedActorSystem)System).Abort();
        await System.WhenTerminated;
        await Table.DisposeAsync();
        Database.Dispose();
        _host.Dispose();
    }

    private Task<bool> ThrottleAsync(TestNode other, ThrottleMode mode) =>
        ((IRemoteActorRefProvider)((ExtendedActorSystem)System).Provider).Transport.ManagementCommand(
            new SetThrottle(other.Cluster.SelfAddress, ThrottleTransportAdapter.Direction.Both, mode));

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));

        public static Props Props() => global::Akka.Actor.Props.Create<Echo>();
    }
}
