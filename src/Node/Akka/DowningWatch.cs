using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace Conference.Node.Akka;

/// <summary>
/// Finds out that this node was put out, by the first that says so: the gossip of a member, a member that will not hear it any more, or the database.
/// </summary>
internal sealed class DowningWatch : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Task _departed;

    public DowningWatch(DownedShutdown shutdown, Task departed)
    {
        _departed = departed;
        Receive<ClusterEvent.MemberDowned>(
            e => e.Member.UniqueAddress == _cluster.SelfUniqueAddress, _ => shutdown.Down("the cluster has downed it"));
        Receive<ClusterEvent.MemberRemoved>(
            e => e.Member.UniqueAddress == _cluster.SelfUniqueAddress && e.PreviousStatus == MemberStatus.Down, _ => shutdown.Down("the cluster has removed it"));
        Receive<ThisActorSystemQuarantinedEvent>(e => shutdown.Down($"{e.RemoteAddress.HostPort()} does not hear it any more"));
        Receive<Gone>(_ => shutdown.Down("the database names it among the departed"));
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    public static Props Props(DownedShutdown shutdown, Task departed) => global::Akka.Actor.Props.Create(() => new DowningWatch(shutdown, departed));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        _departed.PipeTo(Self, success: () => Gone.Instance);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    private sealed record Gone : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Gone Instance { get; } = new();
    }
}
