using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>A node of a <see cref="TestCluster"/>: production's actors in a system of its own, between a recording plane and recording clients.</summary>
public sealed class TestNode : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestCluster _cluster;
    private readonly TestParts _parts;
    private readonly IHost _host;

    private TestNode(TestCluster cluster, TestParts parts, IHost host, RecordingMediaPlane plane, ConferenceMetrics metrics)
    {
        (_cluster, _parts, _host, Plane, Metrics) = (cluster, parts, host, plane, metrics);
        Sys = host.Services.GetRequiredService<ActorSystem>();
        Cluster = global::Akka.Cluster.Cluster.Get(Sys);
        Nodes = ClusterNodes.Of(Sys);
        var actors = ActorRegistry.For(Sys);
        (Users, Rooms, Sessions) = (actors.Get<UserActor>(), actors.Get<RoomActor>(), actors.Get<SessionsActor>());
        (Forwarders, Peers, Shards) = (actors.Get<ForwardersActor>(), actors.Get<PeersActor>(), actors.Get<ShardsActor>());
        Watcher = Sys.ActorOf(Props.Create(() => new QuarantineWatch()));
    }

    public string Name => _parts.Name;

    public ActorSystem Sys { get; }

    public TestTime Time => _parts.Time;

    public global::Akka.Cluster.Cluster Cluster { get; }

    public NodeId Id => Nodes.Self;

    public IClusterNodes Nodes { get; }

    public RecordingMediaPlane Plane { get; }

    public ConferenceMetrics Metrics { get; }

    public IActorRef Users { get; }

    public IActorRef Rooms { get; }

    public IActorRef Sessions { get; }

    public IActorRef Forwarders { get; }

    public IActorRef Peers { get; }

    public IActorRef Shards { get; }

    /// <summary>It runs, and nobody has killed it.</summary>
    public bool IsAlive { get; private set; } = true;

    private IActorRef Watcher { get; }

    public static async Task<TestNode> StartAsync(TestCluster cluster, string name, int number, TestNodeOptions options)
    {
        var parts = new TestParts(name, new TestTime(), cluster.Wire, cluster.Store);
        parts.Register();
        var plane = options.Plane ?? new RecordingMediaPlane();
        var metrics = new ConferenceMetrics(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()));
        var conference = new ConferenceOptions
        {
            ShardsAtOnce = EntityExtractor.ShardCount,
            NodeName = options.NodeName ?? name,
            Host = $"{name}.example.org",
            Number = number,
            Policy = new SessionPolicy(new ServedHosts(["example.org"], []), AuthenticationRequired: false),
            Plane = plane,
            Metrics = metrics,
            Rooms = options.Rooms,
            Calls = cluster.Store,
            Statistics = options.Statistics,
            Drain = options.Drain,
            MaxSessions = 200_000,
            Time = parts.Time,
        };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka("conference", (akka, _) => akka
            .WithClustering()
            .WithConference(conference, options.Loggers)
            .AddHocon(TestSettings.Of(parts, Address(number)), HoconAddMode.Prepend)
            .AddHocon(options.Hocon, HoconAddMode.Prepend));
        var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        return new TestNode(cluster, parts, host, plane, metrics);
    }

    /// <summary>Joins a node of the cluster, or begins it. Returns once this one is up.</summary>
    public async Task JoinAsync(TestNode? seed)
    {
        using var patience = new CancellationTokenSource(Patience);
        await Cluster.JoinAsync((seed ?? this).Cluster.SelfAddress, patience.Token);
    }

    public void Skip(TimeSpan time) => _parts.Time.Skip(time);

    public Client Connect(string address = "192.0.2.1")
    {
        var connection = new ClientConnection(address);
        var answer = Ask<object>(Sessions, new SessionsCommands.Accept(connection, "example.org"));
        var client = new Client(connection, Assert.IsType<SessionsReplies.Accepted>(answer).Session, this);
        Assert.Equal("100 QCVC/1.0", client.Read());
        _cluster.Add(client);
        return client;
    }

    public Client SignIn(string name)
    {
        var client = Connect();
        Assert.Equal($"204 {name}", client.Ask($"AUTH ANONYMOUS {name}"));
        return client;
    }

    /// <summary>Signed in, told of events, and in the room.</summary>
    public Client Enter(string name, string room, string service = "video")
    {
        var client = SignIn(name);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        Assert.StartsWith($"303 {service} ", client.Ask($"CONN {service} {room}@example.org"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>What the plane was told last of a room; null before it was told anything.</summary>
    public MediaRoutes? Routes(string room) => Plane.Applied.Where(r => r.Room.Value == room).MaxBy(r => r.Version);

    /// <summary>The nodes that the members here hear, and are heard by: one for each port there.</summary>
    public IReadOnlyList<Guid> Peered(string room) => [.. (Routes(room)?.Remote ?? []).Select(r => r.Peer.Value).Order()];

    /// <summary>Open ports of a room.</summary>
    public IReadOnlyList<PortId> OpenIn(string room) => [.. Plane.Open.Where(p => p.Value.Room.Value == room).Select(p => p.Key).OrderBy(p => p.Value)];

    public T Ask<T>(IActorRef whom, object message) => whom.Ask<T>(message, Patience).GetAwaiter().GetResult();

    public T AskRoom<T>(IRoomMessage message) => Rooms.AskEntityAsync<T>(message, Patience).GetAwaiter().GetResult();

    public T AskUser<T>(IUserMessage message) => Users.AskEntityAsync<T>(message, Patience).GetAwaiter().GetResult();

    /// <summary>The shards of users and of rooms that are here.</summary>
    public IReadOnlyList<(bool OfRooms, string Shard)> ShardsHere() =>
        [.. ShardsOf(Users).Select(s => (false, s)), .. ShardsOf(Rooms).Select(s => (true, s))];

    public bool HasRoom(string room) => ShardsOf(Rooms).Contains(new EntityExtractor().ShardId(EntityIds.Of(Protocol.Addresses.Name.Parse(room))));

    public bool HasUser(string user) => ShardsOf(Users).Contains(new EntityExtractor().ShardId(EntityIds.Of(Protocol.Addresses.Name.Parse(user))));

    /// <summary>Who this node will never speak to again, or who told it so.</summary>
    public IReadOnlyList<string> Quarantined() => Ask<IReadOnlyList<string>>(Watcher, QuarantineWatch.Read.Instance);

    /// <summary>The process is gone: not a word more, no write, no goodbye.</summary>
    public void Kill()
    {
        IsAlive = false;
        _cluster.Store.Kill(Name);
        _cluster.Wire.Kill(Name);
        ((ExtendedActorSystem)Sys).Abort();
    }

    /// <summary>As SIGTERM ends it: its shards go elsewhere first.</summary>
    public async Task LeaveAsync()
    {
        await CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience * 2);
        IsAlive = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
            Kill();
        _ = Task.WhenAny(Sys.WhenTerminated, Task.Delay(TimeSpan.FromSeconds(5))).ContinueWith(
            _ =>
            {
                _host.Dispose();
                _parts.Forget();
            },
            TaskScheduler.Default);
        await Task.CompletedTask;
    }

    private static IPAddress Address(int number) => IPAddress.Parse($"127.0.0.{number + 1}");

    private string[] ShardsOf(IActorRef region) =>
        [.. Ask<CurrentShardRegionState>(region, GetShardRegionState.Instance).Shards.Select(s => s.ShardId)];

    /// <summary>Hears of quarantines.</summary>
    private sealed class QuarantineWatch : ReceiveActor
    {
        private readonly List<string> _heard = [];

        public QuarantineWatch()
        {
            Receive<QuarantinedEvent>(q => _heard.Add($"quarantined {q.Address}"));
            Receive<ThisActorSystemQuarantinedEvent>(q => _heard.Add($"quarantined by {q.RemoteAddress}"));
            Receive<Read>(_ => Sender.Tell((IReadOnlyList<string>)[.. _heard]));
        }

        protected override void PreStart()
        {
            Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
            Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        }

        public sealed record Read
        {
            public static Read Instance { get; } = new();
        }
    }
}

/// <summary>What a test wants of a node.</summary>
public sealed record TestNodeOptions
{
    public RoomOptions Rooms { get; init; } = new(MaxMembers: 5000);

    /// <summary>What it calls itself, where that is not what the test calls it.</summary>
    public string? NodeName { get; init; }

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public RecordingMediaPlane? Plane { get; init; }

    public INodeStatistics? Statistics { get; init; }

    public INodeDrain? Drain { get; init; }

    /// <summary>Over everything else.</summary>
    public string Hocon { get; init; } = "";
}
