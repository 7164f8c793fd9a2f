using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Conference.Actors;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;

namespace Conference.Store.Tests.Support;

/// <summary>An entity as the service has them: seals what it stores, says what became of it, stops after a failure.</summary>
internal sealed class StoringActor : ReceivePersistentActor
{
    private readonly ConcurrentDictionary<string, Exception> _unrecovered;
    private readonly List<Guid> _values = [];
    private readonly List<IActorRef> _waiting = [];
    private long _last;

    public StoringActor(string id, ConcurrentDictionary<string, Exception> unrecovered)
    {
        (PersistenceId, _unrecovered) = (id, unrecovered);
        Recover<StoredEvent>(stored => Apply(EventSeal.Open(stored, PersistenceId, LastSequenceNr)));
        Recover<SnapshotOffer>(offer =>
        {
            var snapshot = (RoomSnapshot)EventSeal.Open((StoredSnapshot)offer.Snapshot, PersistenceId, offer.Metadata.SequenceNr);
            _values.AddRange(snapshot.Done.Select(d => d.Value));
        });
        Recover<RecoveryCompleted>(_ => _last = LastSequenceNr);
        Command<Put>(Store);
        Command<Get>(_ => Sender.Tell(new State([.. _values], LastSequenceNr)));
        Command<TakeSnapshot>(_ => SaveSnapshot(EventSeal.SealSnapshot(
            new RoomSnapshot(null, [], [], [.. _values.Select(v => new CommandId(v))], []), PersistenceId, LastSequenceNr)));
        Command<SaveSnapshotSuccess>(_ => { });
        Command<SaveSnapshotFailure>(_ => { });
    }

    public override string PersistenceId { get; }

    internal static Props Props(string id, ConcurrentDictionary<string, Exception> unrecovered) =>
        Akka.Actor.Props.Create(() => new StoringActor(id, unrecovered));

    internal static object EventOf(Guid value) => new RoomEvent.RoomClosed(new CommandId(value));

    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is Put or Get && IsRecovering)
            _waiting.Add(Sender);
        return base.AroundReceive(receive, message);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Sender.Tell(new NotStored(cause));

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => Sender.Tell(new NotStored(cause));

    protected override void OnRecoveryFailure(Exception reason, object? message = null) 
    {
        _unrecovered[PersistenceId] = reason;
        foreach (var waiting in _waiting)
            waiting.Tell(new NotStored(reason));
    }

    private void Store(Put put)
    {
        int left = put.Events.Length;
        PersistAll(put.Events.Select(e => new Tagged(EventSeal.Seal(e, PersistenceId, ++_last), ["room"])), _ =>
        {
            Apply(put.Events[^left]);
            if (--left == 0)
                Sender.Tell(new Stored(LastSequenceNr));
        });
    }

    private void Apply(object happened)
    {
        if (happened is RoomEvent.RoomClosed closed)
            _values.Add(closed.Command.Value);
    }

    internal sealed record Put(object[] Events) : INoSerializationVerificationNeeded;

    internal sealed record Get : INoSerializationVerificationNeeded
    {
        public static Get Instance { get; } = new();
    }

    internal sealed record TakeSnapshot : INoSerializationVerificationNeeded;

    internal sealed record Stored(long SequenceNr) : INoSerializationVerificationNeeded;

    internal sealed record NotStored(Exception Cause) : INoSerializationVerificationNeeded;

    internal sealed record State(Guid[] Values, long LastSequenceNr) : INoSerializationVerificationNeeded;
}
