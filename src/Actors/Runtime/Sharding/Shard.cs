using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>The parent of one shard's entities: starts them with their first message, and lets them sleep.</summary>
internal sealed class Shard(Func<string, Props> entityProps, int bufferCapacity) : UntypedActor
{
    private readonly Dictionary<string, ShardEntity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<IActorRef, ShardEntity> _byActor = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Deliver deliver:
                OnDeliver(deliver.EntityId, deliver.Message, Cell.SenderOrNone);
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
        if (!_byActor.TryGetValue(Sender, out var entity) || entity.Buffer is not null)
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
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!_byActor.Remove(actor, out var entity))
            return;
        if (_entities.GetValueOrDefault(entity.Id) == entity)
            _entities.Remove(entity.Id);
        while (entity.Buffer is { } buffer && buffer.TryDequeue(out var waiting))
            OnDeliver(entity.Id, waiting.Message, waiting.Sender);
    }

    private ShardEntity Start(string entityId)
    {
        var actor = Context.Watch(Context.ActorOf(entityProps(entityId), EntityName.Of(entityId)));
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
}
