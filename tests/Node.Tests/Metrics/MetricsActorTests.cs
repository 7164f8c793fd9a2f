using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Xunit;
using Conference.Actors.Cluster;
using Conference.Node.Metrics;
using Conference.Node.Tests.Support;
using Prometheus;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Conference.Node.Tests.Metrics;

/// <summary>What Akka says of itself is counted, and never shown.</summary>
public sealed class MetricsActorTests : TestKit
{
    private static readonly Config _config = ConfigurationFactory.ParseString("""
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        akka.log-dead-letters = off
        """);

    private readonly CollectorRegistry _registry = new();
    private readonly ClusterMetrics _cluster;

    public MetricsActorTests()
        : base(_config)
    {
        var metrics = MetricsServices.CreateFactory(_registry);
        _cluster = new ClusterMetrics(metrics, new ClusteredSources(new Guard(), () => false, () => DateTimeOffset.UnixEpoch.AddDays(1)));
        _registry.Add(_cluster);
        var members = AkkaCluster.Get(Sys);
        members.Join(members.SelfAddress);
        AwaitCondition(() => members.State.Members.Any(m => m.Status == MemberStatus.Up), TimeSpan.FromSeconds(10), cancellationToken: TestContext.Current.CancellationToken);
        var system = new ActorSystemMetrics(metrics);
        Sys.ActorOf(Props.Create(() => new MetricsActor(_cluster, system, new Nodes(TestActor))), "metrics");
    }

    [Fact]
    public async Task Members_are_counted_by_what_is_known_of_them()
    {
        await UntilAsync("""conference_cluster_nodes{state="up"}""", 1);
        Assert.Equal(0, await _registry.ValueAsync("""conference_cluster_nodes{state="unreachable"}"""));
        await UntilAsync("conference_cluster_oldest", 1);
        Assert.Equal(1, await _registry.ValueAsync("conference_cluster_may_act"));
        Assert.Equal(0, await _registry.ValueAsync("conference_cluster_database_connected"));
        Assert.Equal(86400, await _registry.ValueAsync("conference_cluster_certificate_expiry_timestamp_seconds"));
    }

    [Fact]
    public async Task Another_node_is_shown_by_its_name_with_how_long_its_answers_take()
    {
        await UntilAsync("""conference_cluster_reachable{peer="node-2"}""", 1);
        await AwaitAssertAsync(async () => Assert.InRange(
            await _registry.ValueAsync("""conference_cluster_round_trip_seconds{peer="node-2"}""") ?? -1, 1e-9, 10), TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("node-2", Assert.Single(_cluster.Peers).Name);
        _cluster.Look([]);
        Assert.DoesNotContain("node-2", await _registry.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_unhandled_messages_and_failures_are_counted()
    {
        await UntilAsync("""conference_cluster_nodes{state="up"}""", 1);
        var deaf = Sys.ActorOf(Props.Create(() => new Deaf()));
        deaf.Tell("what");
        deaf.Tell(13);
        Sys.DeadLetters.Tell("nobody hears this");
        Sys.EventStream.Publish(new Dropped("a message", "a reason", ActorRefs.Nobody));

        // Akka has some of its own.
        await AwaitAssertAsync(
            async () => Assert.InRange(await _registry.ValueAsync("""conference_dead_letters_total{reason="no_receiver"}""") ?? 0, 1, 100),
            TimeSpan.FromSeconds(10), cancellationToken: TestContext.Current.CancellationToken);
        await UntilAsync("""conference_dead_letters_total{reason="dropped"}""", 1);
        await UntilAsync("conference_unhandled_messages_total", 1);
        await UntilAsync("conference_actor_failures_total", 1);
        Assert.DoesNotContain("nobody hears", await _registry.ScrapeAsync(), StringComparison.Ordinal);
    }

    private Task UntilAsync(string series, double value) => AwaitAssertAsync(
        async () => Assert.Equal(value, await _registry.ValueAsync(series)), TimeSpan.FromSeconds(10), cancellationToken: TestContext.Current.CancellationToken);

    private sealed class Guard : IActingGuard
    {
        public bool MayAct => true;
    }

    private sealed class Deaf : ReceiveActor
    {
        public Deaf() => Receive<int>(_ => throw new InvalidOperationException("a bug"));
    }

    /// <summary>This one, and another whose actors live here too.</summary>
    private sealed class Nodes(IActorRef other) : IClusterNodes
    {
        private static readonly NodeId _other = new(Guid.NewGuid());

        public NodeId Self { get; } = new(Guid.NewGuid());

        public ImmutableArray<ClusterNode> All =>
        [
            new ClusterNode(Self, Address.AllSystems, MemberStatus.Up, true, new NodeCard(Self, "node-1", "", 1, false)),
            new ClusterNode(_other, Address.AllSystems, MemberStatus.Up, true, new NodeCard(_other, "node-2", "", 2, false)),
        ];

        public ClusterNode? Find(NodeId id) => All.FirstOrDefault(n => n.Id == id);

        public IActorRef Forwarders(NodeId id) => other;

        public IActorRef Node(NodeId id) => other;
    }
}
