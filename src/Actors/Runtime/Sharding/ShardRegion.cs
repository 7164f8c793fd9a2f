using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>What a region is given by whoever starts it.</summary>
/// <param name="EntityProps">Makes the entity of an id.</param>
/// <param name="Extractor">Finds the entity of a message.</param>
/// <param name="Cluster">Who owns what.</param>
/// <param name="RegionOf">The region of the same type on another node.</param>
/// <param name="Life">This node's present life.</param>
/// <param name="Counters">Where it counts.</param>
internal sealed record ShardRegionContext(
    Func<string, Props> EntityProps, IMessageExtractor Extractor, ICluster Cluster, Func<NodeId, IActorRef> RegionOf, Func<NodeLife> Life,
    ShardingCounters Counters);

/// <summary>
/// The way to all entities of one type, from this node. It starts the shards this node owns, and passes on what is for others: to the
/// region of the node that owns the shard, as the newest view of the cluster has it. While nobody owns it, messages wait here.
/// </summary>
internal sealed partial class ShardRegion : UntypedActor, IWithTimers
{
    /// <summary>Messages a shard keeps for one entity while it passivates.</summary>
    private const int BufferCapacity = 1000;

    private static readonly TimeSpan _stateDeadline = TimeSpan.FromSeconds(3);

    private readonly ShardRegionContext _node;
    private readonly ICluster _cluster;
    private readonly LocalShard?[] _local = new LocalShard?[ClusterView.ShardCount];

    /// <summary>Up to which epoch this node has given a shard up: it must not act at that epoch again.</summary>
    private readonly long[] _givenUp = new long[ClusterView.ShardCount];

    private readonly WaitingMessages _waiting;

    public ShardRegion(ShardRegionContext node)
    {
        _node = node;
        _cluster = node.Cluster;
        _self = node.Cluster.Self;
        _waiting = new WaitingMessages(node.Counters);
        Array.Fill(_givenUp, -1);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    internal override bool IsTraced => false;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Routed routed:
                Arrive(routed);
                break;
            case WrongOwner wrong:
                AskElsewhere(wrong);
                break;
            case Shard.Returned returned:
                TakeBack(returned);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case ViewChanged:
                FollowView();
                break;
            case Remoting.NodeConnected connected:
                AskAgain(ask => ask.Node == connected.Node);
                break;
            case Tick:
                OnTick();
                break;
            case HandOff handOff:
                GiveUp(handOff);
                break;
            case LifeOver over:
                EndAll(over);
                break;
            case GetShardRegionState:
                TellState();
                break;
            default:
                if (_node.Extractor.EntityId(message) is { } entityId)
                    Route(_node.Extractor.ShardId(entityId), entityId, _node.Extractor.EntityMessage(message), Cell.SenderOrNone, arrived: false);
                else
                    Unhandled(message);
                break;
        }
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(Remoting.NodeConnected));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void TellState()
    {
        var asked = _local.OfType<LocalShard>().Select(async shard => new ShardState(
            shard.Tenure.Shard, await shard.Actor.Ask<IReadOnlyCollection<string>>(Shard.GetEntityIds.Instance, _stateDeadline)));
        Task.WhenAll(asked).PipeTo(Sender, Self, shards => new CurrentShardRegionState(shards));
    }

    private void Route(ShardId shard, string entityId, object message, IActorRef? sender, bool arrived)
    {
        var view = _cluster.View;
        // Behind those that came before it.
        if (_waiting.Has(shard))
        {
            Wait(shard, entityId, message, sender, arrived);
            return;
        }
        switch (Locate(shard, view))
        {
            case Home.Here:
                Local(shard, view[shard].Epoch).Actor.Tell(new Shard.Deliver(entityId, message), sender);
                break;
            case Home.Elsewhere:
                Send(shard, view[shard], entityId, message, sender);
                break;
            case Home.Unknown:
                Wait(shard, entityId, message, sender, arrived);
                break;
            case Home.Unsure:
                Refuse(sender);
                break;
        }
    }

    private Home Locate(ShardId shard, ClusterView view)
    {
        ref readonly var place = ref view.Shards.ItemRef(shard.Value);
        if (place.Owner is not { } owner || place.IsDraining)
            return Home.Unknown;
        if (owner != _cluster.Self)
            return owner == _self || _pastLives.Contains(owner) || view.Find(owner) is null ? Home.Unknown : Home.Elsewhere;
        if (place.Epoch <= _givenUp[shard.Value])
            return Home.Unknown;
        return _cluster.HoldsLease ? Home.Here : Home.Unsure;
    }

    private LocalShard Local(ShardId shard, long epoch)
    {
        if (_local[shard.Value] is { } running)
        {
            if (running.Tenure.Epoch == epoch)
                return running;
            Close(running);
        }
        var tenure = new ShardTenure(shard, epoch, _cluster, _node.Life());
        var props = Props.Create(() => new Shard(_node.EntityProps, tenure, BufferCapacity));
        // A former tenure's may still be closing.
        var actor = Context.Watch(Context.ActorOf(props, epoch == 0 ? $"shard-{shard}" : $"shard-{shard}-{epoch}"));
        return _local[shard.Value] = new LocalShard(actor, tenure);
    }

    private void Wait(ShardId shard, string entityId, object message, IActorRef? sender, bool arrived)
    {
        var waiting = new WaitingMessage(entityId, message, sender, arrived, Context.System.TimeProvider.GetTimestamp());
        if (_waiting.TryAdd(shard, waiting))
            StartTicking();
        else if (sender is IPromiseRef)
            Refuse(sender);
        else
            Cell.System.DeadLetter(message, sender, Self, DeadLetterReason.BufferFull);
    }

    /// <summary>This node owned it, and cannot know whether it does still.</summary>
    private static void Refuse(IActorRef? sender) => sender?.Tell(new Status.Failure(new JournalUnavailableException(
        "this node does not know whether it owns the shard still: try again")), ActorRefs.NoSender);

    private enum Home
    {
        Here,
        Elsewhere,

        /// <summary>Between two owners, or the view is behind: it will say.</summary>
        Unknown,

        /// <summary>Here, says the view; but the lease is out.</summary>
        Unsure,
    }

    /// <summary>A shard this node owns.</summary>
    private sealed record LocalShard(IActorRef Actor, ShardTenure Tenure);

    /// <summary>There is a newer view of the cluster.</summary>
    internal sealed record ViewChanged
    {
        public static ViewChanged Instance { get; } = new();
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}
