using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// The parent of one shard's entities at one epoch: starts them with their first message, lets them sleep, and stops them all when the
/// shard is to go. What they have not come to by then goes back to the region, which knows where it lives next.
/// </summary>
internal sealed class Shard(Func<string, Props> entityProps, ShardTenure tenure, int bufferCapacity) : UntypedActor
{
    private readonly Dictionary<string, ShardEntity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, ShardEntity> _byActor = [];
    private bool _isClosing;

    internal override bool IsTraced => false;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Deliver deliver:
                OnDeliver(deliver.EntityId, deliver.Message, Cell.SenderOrNone);
                break;
            case Return back when _byActor.TryGetValue(back.Entity, out var entity):
                GiveBack(entity.Id, back.Message, Cell.SenderOrNone);
                break;
            case GetEntityIds:
                Sender.Tell(_entities.Keys.ToArray());
                break;
            case Passivate passivate:
                OnPassivate(passivate);
                break;
            case CancelPassivate:
                OnCancelPassivate();
                break;
            case Close:
                OnClose();
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnDeliver(string entityId, object message, IActorRef? sender)
    {
        if (_isClosing)
        {
            GiveBack(entityId, message, sender);
            return;
        }
        if (!_entities.TryGetValue(entityId, out var entity))
            entity = Start(entityId);
        else if (entity.Buffer is null && IInternalActorRef.Of(entity.Actor).IsTerminated)
            // It stopped by itself, and its notice is behind this message in the mailbox. Its name is free already: what a parent
            // learns of its children's ends comes as a system message.
            entity = Start(entityId);
        if (entity.Buffer is null)
            entity.Actor.Tell(message, sender);
        else if (entity.Buffer.Count < bufferCapacity)
            entity.Buffer.Enqueue((message, sender));
        else
            Cell.System.DeadLetter(message, sender, entity.Actor, DeadLetterReason.BufferFull);
    }

    private void OnPassivate(Passivate passivate)
    {
        // A shard that closes has a stop message on the way already, behind all there is to do.
        if (_isClosing || !_byActor.TryGetValue(Sender, out var entity) || entity.Buffer is not null)
            return;
        // Everything delivered so far is before the stop message in the entity's mailbox; everything from now on is kept here.
        entity.Buffer = new Queue<(object, IActorRef?)>();
        entity.Actor.Tell(passivate.StopMessage, Self);
    }

    private void OnCancelPassivate()
    {
        if (!_byActor.TryGetValue(Sender, out var entity) || entity.Buffer is not { } buffer)
            return;
        entity.Buffer = null;
        while (buffer.TryDequeue(out var waiting))
            entity.Actor.Tell(waiting.Message, waiting.Sender);
        if (_isClosing)
            entity.Actor.Tell(PoisonPill.Instance, Self);
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!_byActor.Remove(actor, out var entity))
            return;
        if (_entities.GetValueOrDefault(entity.Id) == entity)
            _entities.Remove(entity.Id);
        while (entity.Buffer is { } buffer && buffer.TryDequeue(out var waiting))
            OnDeliver(entity.Id, waiting.Message, waiting.Sender);
        StopIfEmpty();
    }

    /// <summary>Each entity stops behind what was delivered to it: it does that, or gives it back, as its tenure says.</summary>
    private void OnClose()
    {
        _isClosing = true;
        // One that is passivating has its stop message, and may still say that it stays.
        foreach (var entity in _byActor.Values.Where(e => e.Buffer is null))
            entity.Actor.Tell(PoisonPill.Instance, Self);
        StopIfEmpty();
    }

    private void StopIfEmpty()
    {
        if (_isClosing && _byActor.Count == 0)
            Context.Stop(Self);
    }

    private void GiveBack(string entityId, object message, IActorRef? sender) =>
        Context.Parent.Tell(new Returned(tenure.Shard, tenure.Epoch, entityId, message), sender);

    private ShardEntity Start(string entityId)
    {
        var props = entityProps(entityId) with { Tenure = tenure };
        var actor = Context.Watch(Context.ActorOf(props, EntityName.Of(entityId)));
        var entity = new ShardEntity(entityId, actor);
        _entities[entityId] = entity;
        return _byActor[actor] = entity;
    }

    /// <summary>From the region. -> the ids of entities that run.</summary>
    internal sealed record GetEntityIds
    {
        public static GetEntityIds Instance { get; } = new();
    }

    /// <summary>From the region.</summary>
    internal sealed record Deliver(string EntityId, object Message);

    /// <summary>From the region: stop all entities, and then yourself.</summary>
    internal sealed record Close
    {
        public static Close Instance { get; } = new();
    }

    /// <summary>From an entity, with the sender of what it was told: it has no right to act on it any more.</summary>
    internal sealed record Return(IActorRef Entity, object Message);

    /// <summary>To the region: whoever owns the shard next may have this.</summary>
    internal sealed record Returned(ShardId Shard, long Epoch, string EntityId, object Message);
}
