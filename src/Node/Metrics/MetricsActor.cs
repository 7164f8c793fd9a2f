using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Conference.Actors.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Conference.Node.Metrics;

/// <summary>Hears what Akka says of the cluster, of the connections between nodes and of messages and actors that came to nothing, and counts it.</summary>
internal sealed class MetricsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Dictionary<NodeId, TimeSpan> _roundTrips = [];
    private readonly Dictionary<long, (NodeId Node, long At)> _asked = [];
    private readonly IClusterNodes _nodes;
    private readonly ClusterMetrics _metrics;
    private long _questions;

    public MetricsActor(ClusterMetrics metrics, ActorSystemMetrics system, IClusterNodes nodes)
    {
        (_metrics, _nodes) = (metrics, nodes);
        Receive<ClusterEvent.MemberDowned>(downed =>
        {
            if (downed.Member.UniqueAddress == _cluster.SelfUniqueAddress)
                metrics.SelfDowned();
            Look();
        });
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            if (removed.PreviousStatus == MemberStatus.Down && removed.Member.UniqueAddress != _cluster.SelfUniqueAddress)
                metrics.Downed();
            Look();
        });
        Receive<ClusterEvent.IClusterDomainEvent>(_ => Look());
        Receive<ClusterEvent.CurrentClusterState>(_ => Look());
        Receive<Tick>(_ =>
        {
            Look();
            Ask();
        });
        Receive<ActorIdentity>(answer =>
        {
            if (answer.MessageId is long question && _asked.Remove(question, out var asked))
                _roundTrips[asked.Node] = Stopwatch.GetElapsedTime(asked.At);
        });
        // To Akka it is a dead letter, too.
        Receive<UnhandledMessage>(_ => system.Unhandled());
        Receive<AllDeadLetters>(letter => system.DeadLetter(letter switch
        {
            SuppressedDeadLetter => "suppressed",
            Dropped => "dropped",
            _ => "no_receiver",
        }));
        // The supervisors', and those of actors that end themselves.
        Receive<Error>(error =>
        {
            if (error.Cause is not null && (typeof(SupervisorStrategy).IsAssignableFrom(error.LogClass) || typeof(ActorBase).IsAssignableFrom(error.LogClass)))
                system.Failed();
        });
        Receive<AssociatedEvent>(_ => metrics.Association("associated"));
        Receive<DisassociatedEvent>(_ => metrics.Association("disassociated"));
        Receive<AssociationErrorEvent>(_ => metrics.Association("failed"));
        Receive<QuarantinedEvent>(_ => metrics.Association("quarantined"));
        Receive<ThisActorSystemQuarantinedEvent>(_ => metrics.Association("quarantined"));
        Receive<RemotingLifecycleEvent>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        foreach (var what in (Type[])[typeof(AllDeadLetters), typeof(Error), typeof(RemotingLifecycleEvent)])
            Context.System.EventStream.Subscribe(Self, what);
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, _interval);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void Look()
    {
        _metrics.Look(_cluster.State, _cluster.SelfUniqueAddress);
        var others = _nodes.All.Where(n => n.Id != _nodes.Self).ToImmutableArray();
        foreach (var gone in _roundTrips.Keys.Except(others.Select(n => n.Id)).ToArray())
            _roundTrips.Remove(gone);
        _metrics.Look([.. others.Select(n => new PeerReach(
            n.Id, n.Card?.Name ?? $"{n.Address.Host}:{n.Address.Port}", n.IsReachable, _roundTrips.TryGetValue(n.Id, out var roundTrip) ? roundTrip : null))]);
    }

    /// <summary>Any actor answers this, by Akka itself. What was not answered until now is not waited for.</summary>
    private void Ask()
    {
        _asked.Clear();
        foreach (var node in _nodes.All.Where(n => n.Id != _nodes.Self && n.IsReachable))
        {
            _asked[++_questions] = (node.Id, Stopwatch.GetTimestamp());
            _nodes.Node(node.Id).Tell(new Identify(_questions));
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Tick Instance { get; } = new();
    }
}
