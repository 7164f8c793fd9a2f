using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.TestKit;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Actors.Tests.Support;

/// <summary>
/// All actors of a node, put together as a node does it, in a cluster of one: with a recording plane, recording clients and a journal in memory, by a
/// clock of the test's own. Everything but sockets.
/// </summary>
public sealed class Conference : global::Akka.Hosting.TestKit.TestKit, INoImplicitSender
{
    private readonly RoomOptions _rooms;
    private readonly int _maxSessions;
    private readonly SessionPolicy _policy;
    private readonly IAuthenticator _authenticator;
    private readonly long _number;

    /// <param name="rooms">What holds for rooms without settings of their own.</param>
    /// <param name="maxSessions">Beyond these, no client is let in.</param>
    /// <param name="authenticationRequired">Guests may do nothing.</param>
    /// <param name="authenticator">Nobody can prove anything by default.</param>
    /// <param name="number">See <see cref="ConferenceOptions.Number"/>; other than 0, other nodes might have had this one's names before.</param>
    public Conference(
        RoomOptions? rooms = null, int maxSessions = 1000, bool authenticationRequired = false, IAuthenticator? authenticator = null, long number = 0)
        : base("conference", logLevel: LogLevel.Error, startupTimeout: TimeSpan.FromSeconds(60))
    {
        _rooms = rooms ?? new RoomOptions();
        _maxSessions = maxSessions;
        _policy = new SessionPolicy(new ServedHosts(["example.org"], []), authenticationRequired);
        _authenticator = authenticator ?? NoAuthenticator.Instance;
        _number = number;
        Metrics = new ConferenceMetrics(Prometheus.Metrics.WithCustomRegistry(Registry));
    }

    /// <summary>How long, in real time, to wait for what should come.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public RecordingMediaPlane Plane { get; } = new();

    public TestJournal Journal { get; } = new();

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    public ConferenceMetrics Metrics { get; }

    public VirtualTime Time { get; } = new();

    public FakeGuard Guard { get; } = new();

    public FakeStoreHealth Store { get; } = new();

    /// <summary>What is told to <see cref="ConferenceOptions"/> beside what every test has.</summary>
    public Func<ConferenceOptions, ConferenceOptions> More { get; init; } = options => options;

    public IActorRef Sessions => ActorRegistry.Get<SessionsActor>();

    public IActorRef Users => ActorRegistry.Get<UserActor>();

    public IActorRef Rooms => ActorRegistry.Get<RoomActor>();

    public IActorRef Forwarders => ActorRegistry.Get<ForwardersActor>();

    public IActorRef Node => ActorRegistry.Get<NodeActor>();

    public NodeId Self => ClusterNodes.Of(Sys).Self;

    /// <summary>All call records there are, the first started first.</summary>
    public IReadOnlyList<CallRecord> Calls
    {
        get
        {
            AwaitIdle();
            return Journal.Calls(Sys);
        }
    }

    /// <summary>Live actors by type, those left out that stay once they are there.</summary>
    public IReadOnlyDictionary<CountedActor, int> LiveActors
    {
        get
        {
            // Entities with a past linger a little.
            Advance(TimeSpan.FromSeconds(5));
            return Enum.GetValues<CountedActor>().Where(a => Metrics.ActorsOf(a) != 0).ToDictionary(a => a, Metrics.ActorsOf);
        }
    }

    private VirtualScheduler Scheduler => (VirtualScheduler)Sys.Scheduler;

    /// <param name="address">Whose connection it is.</param>
    /// <param name="link">Encrypted by default.</param>
    /// <param name="sessions">Other sessions than this node's own.</param>
    /// <param name="web">For a browser.</param>
    public Client Connect(string address = "192.0.2.1", LinkSecurity? link = null, IActorRef? sessions = null, WebToken? web = null)
    {
        var connection = new RecordingConnection(address) { Link = link ?? RecordingConnection.Encrypted, Web = web };
        var session = Ask<SessionsReplies.Accepted>(sessions ?? Sessions, new SessionsCommands.Accept(connection, "example.org")).Session;
        Assert.Equal("100 QCVC/1.0", connection.Read());
        return new Client(connection, session);
    }

    public Client SignIn(string name, IActorRef? sessions = null)
    {
        var client = Connect(sessions: sessions);
        Assert.Equal($"204 {name}", client.Ask($"AUTH ANONYMOUS {name}"));
        return client;
    }

    /// <summary>What sessions are given, were this node another life, or among others.</summary>
    public NodeContext ContextOf(long number, IClusterNodes nodes) => new()
    {
        Name = "test",
        Policy = _policy,
        Users = Users,
        Rooms = Rooms,
        Forwarders = Forwarders,
        Plane = Plane,
        Metrics = Metrics,
        Nodes = nodes,
        Number = number,
        Log = NullLogger.Instance,
    };

    /// <summary>By a probe of its own, so that nothing else can be taken for the answer.</summary>
    public T Ask<T>(IActorRef whom, object question)
    {
        var probe = CreateTestProbe();
        whom.Tell(question, probe.Ref);
        return probe.ExpectMsg<T>();
    }

    /// <summary>
    /// Waits until no actor has anything queued or is running. Tasks outside of actors (what a session asks, and pipes to itself) are not seen: use
    /// <see cref="Until"/>, or read what they lead to.
    /// </summary>
    public void AwaitIdle() => Assert.True(WorkCounter.Of(Sys).WaitForZero(Patience), $"the actors were still busy after {Patience}");

    /// <summary>Moves the clock, timer by timer, letting the actors settle before, between and after.</summary>
    public void Advance(TimeSpan by)
    {
        AwaitIdle();
        Scheduler.Advance(by, AwaitIdle);
    }

    /// <summary>Somebody sets the machine's clock, forward or back.</summary>
    public void SetClock(TimeSpan by)
    {
        AwaitIdle();
        Scheduler.SetClock(by);
    }

    /// <summary>As <see cref="Advance"/>, with <paramref name="at"/> done right behind every timer, before anybody has handled it.</summary>
    public void AdvanceAgainst(TimeSpan by, Action at)
    {
        AwaitIdle();
        Scheduler.Advance(by, () =>
        {
            at();
            AwaitIdle();
        });
    }

    /// <summary>What a counter or gauge stands at, as a scrape shows it; 0 where it is not shown.</summary>
    public double Metric(string series)
    {
        using var text = new MemoryStream();
        Registry.CollectAndExportAsTextAsync(text).GetAwaiter().GetResult();
        string? line = Encoding.UTF8.GetString(text.ToArray()).Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>For what a task outside of the actors sets off, which <see cref="AwaitIdle"/> does not see.</summary>
    public void Until(Func<bool> isSo, string what) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                AwaitIdle();
                return isSo();
            },
            Patience),
        what);

    /// <summary>As <see cref="Until"/>, with the clock moving a little meanwhile.</summary>
    public void AdvanceUntil(Func<bool> isSo, string what)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 < deadline, what);
            Advance(TimeSpan.FromMilliseconds(100));
            Thread.Yield();
        }
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder
        .WithRemoting("127.0.0.1", 0)
        .WithClustering()
        .AddHocon(VirtualSetup.Hocon, HoconAddMode.Prepend)
        .WithActors((system, _) =>
        {
            Journal.UsedBy(system);
            Time.Follow(system);
        })
        .WithConference(
            More(new ConferenceOptions
            {
                NodeName = "test",
                Host = "test.example.org",
                Number = _number,
                Policy = _policy,
                Rooms = _rooms,
                Plane = Plane,
                Metrics = Metrics,
                MaxSessions = _maxSessions,
                Authenticator = _authenticator,
                Guard = Guard,
                Store = Store,
                Time = Time,
            }),
            NullLoggerFactory.Instance);

    /// <summary>The node joins itself, and every shard has an owner.</summary>
    protected override Task BeforeTestStart()
    {
        var cluster = global::Akka.Cluster.Cluster.Get(Sys);
        cluster.Join(cluster.SelfAddress);
        var probe = CreateTestProbe();
        ActorRegistry.Get<ShardsActor>().Tell(new ShardsActor.WhenAllAnswer(), probe.Ref);
        AdvanceUntil(() => probe.HasMessages, "every shard has an owner");
        return Task.CompletedTask;
    }
}
