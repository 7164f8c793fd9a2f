using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Conference.Actors.Rooms;
using Conference.Actors.Users;

namespace Conference.Actors.Cluster;

/// <summary>
/// Sees to it that every shard has an owner that answers, at start and after every change of the cluster. Akka gives a shard an owner with the first
/// message for it; here that is not a client's.
/// </summary>
public sealed class ShardsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _touchEvery = TimeSpan.FromMilliseconds(500);

    private readonly global::Akka.Cluster.Cluster _cluster = global::Akka.Cluster.Cluster.Get(Context.System);
    private readonly IActorRef _users;
    private readonly IActorRef _rooms;
    private readonly HashSet<(bool OfRooms, int Shard)> _unanswered = [];
    private readonly List<IActorRef> _askers = [];

    public ShardsActor()
    {
        var actors = ActorRegistry.For(Context.System);
        (_users, _rooms) = (actors.Get<UserActor>(), actors.Get<RoomActor>());
        Receive<ClusterEvent.IMemberEvent>(_ => TouchAll());
        Receive<ShardKeeperActor.Touched>(Answered);
        Receive<ShardKeeperActor.Ended>(ended => Touch([(ended.OfRooms, ended.Shard)]));
        Receive<TouchAgain>(_ => TouchOn());
        Receive<WhenAllAnswer>(_ => TellWhenAllAnswer());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props() => global::Akka.Actor.Props.Create(() => new ShardsActor());

    /// <summary>Akka hands over this node's shards before anybody sees that it leaves.</summary>
    private static bool IsLeaving => CoordinatedShutdown.Get(Context.System).ShutdownReason is not null;

    private bool HasOthers => _cluster.State.Members.Any(m => m.Status == MemberStatus.Up && m.UniqueAddress != _cluster.SelfUniqueAddress);

    /// <summary>Shards are on their way from a node to another, and each is to be touched once it is there.</summary>
    private bool IsSomebodyLeaving => _cluster.State.Members.Any(m => m.Status is MemberStatus.Leaving or MemberStatus.Exiting);

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void TouchAll() => Touch(
        Enumerable.Range(0, EntityExtractor.ShardCount).SelectMany(shard => new[] { (false, shard), (true, shard) }));

    private void Touch(IEnumerable<(bool OfRooms, int Shard)> shards)
    {
        // Who leaves finds an owner for each shard it has given up, if there is anybody.
        if (IsLeaving && !HasOthers)
            return;
        _unanswered.UnionWith(shards);
        TouchUnanswered();
        if (!Timers.IsTimerActive(TouchAgain.Instance))
            Timers.StartPeriodicTimer(TouchAgain.Instance, TouchAgain.Instance, _touchEvery);
    }

    private void TouchOn()
    {
        if (IsLeaving || (_unanswered.Count == 0 && !IsSomebodyLeaving))
            Timers.Cancel(TouchAgain.Instance);
        else if (_unanswered.Count == 0)
            TouchAll();
        else
            TouchUnanswered();
    }

    private void TouchUnanswered()
    {
        foreach (var (ofRooms, shard) in _unanswered)
            (ofRooms ? _rooms : _users).Tell(new ShardKeeperActor.Touch(shard, ofRooms));
    }

    private void Answered(ShardKeeperActor.Touched touched)
    {
        _unanswered.Remove((touched.OfRooms, touched.Shard));
        if (_unanswered.Count > 0)
            return;
        foreach (var asker in _askers)
            asker.Tell(AllAnswer.Instance);
        _askers.Clear();
    }

    private void TellWhenAllAnswer()
    {
        _askers.Add(Sender);
        TouchAll();
    }

    /// <summary>Touches all shards. -> <see cref="AllAnswer"/>, once each has answered</summary>
    public sealed record WhenAllAnswer : INoSerializationVerificationNeeded;

    public sealed record AllAnswer : INoSerializationVerificationNeeded
    {
        public static AllAnswer Instance { get; } = new();
    }

    private sealed record TouchAgain : INoSerializationVerificationNeeded
    {
        public static TouchAgain Instance { get; } = new();
    }
}
