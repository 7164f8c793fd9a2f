namespace Conference.Actors.Runtime.Sharding;

/// <summary>The way to all entities of one type, from this node: finds the shard's home and passes the message on.</summary>
internal sealed class ShardRegion(
    Func<string, Props> entityProps, IMessageExtractor extractor, IShardOwnership ownership, int bufferCapacity) : UntypedActor
{
    private static readonly TimeSpan _stateDeadline = TimeSpan.FromSeconds(3);

    private readonly Dictionary<ShardId, IActorRef> _shards = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                // A shard fails only by a fault of its own; the next message starts it again.
                foreach (var (id, _) in _shards.Where(entry => entry.Value.Equals(terminated.ActorRef)).ToList())
                    _shards.Remove(id);
                break;
            case GetShardRegionState:
                TellState();
                break;
            case not null when extractor.EntityId(message) is { } entityId:
                Route(entityId, message);
                break;
            default:
                Unhandled(message!);
                break;
        }
    }

    private void TellState()
    {
        var asked = _shards.Select(async shard => new ShardState(
            shard.Key, await shard.Value.Ask<IReadOnlyCollection<string>>(Shard.GetEntityIds.Instance, _stateDeadline)));
        Task.WhenAll(asked).PipeTo(Sender, Self, shards => new CurrentShardRegionState(shards));
    }

    private void Route(string entityId, object message)
    {
        var shard = extractor.ShardId(entityId);
        if (ownership.HomeOf(shard).Region is { } elsewhere)
            elsewhere.Tell(message, Cell.SenderOrNone);
        else
            LocalShard(shard).Tell(new Shard.Deliver(entityId, extractor.EntityMessage(message)), Cell.SenderOrNone);
    }

    private IActorRef LocalShard(ShardId id)
    {
        if (_shards.TryGetValue(id, out var shard))
            return shard;
        shard = Context.Watch(Context.ActorOf(Props.Create(() => new Shard(entityProps, bufferCapacity)), $"shard-{id}"));
        return _shards[id] = shard;
    }
}
