using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;

namespace Conference.Bench.Journal;

/// <summary>Stores calls as a room does, one after another until it is told to stop.</summary>
internal sealed class BenchEntity : ReceivePersistentActor
{
    private static readonly Name _user = Name.Parse("somebody");

    private readonly List<double> _taken = [];
    private long _asked;
    private IActorRef _asker = ActorRefs.Nobody;

    public BenchEntity(string id)
    {
        PersistenceId = id;
        Recover<StoredEvent>(stored => EventSeal.Open(stored, PersistenceId, LastSequenceNr));
        Recover<SnapshotOffer>(offer => EventSeal.Open((StoredSnapshot)offer.Snapshot, PersistenceId, offer.Metadata.SequenceNr));
        Command<StoreUntil>(command =>
        {
            _asker = Sender;
            Store(command.Ends);
        });
        Command<StoreMany>(command =>
        {
            _asker = Sender;
            int left = command.Count;
            PersistAll(Enumerable.Range(1, left).Select(i => Next(LastSequenceNr + i)), _ =>
            {
                if (--left > 0)
                    return;
                if (command.WithSnapshot)
                    SaveSnapshot(EventSeal.SealSnapshot(new RoomSnapshot(null, [], [], [], []), PersistenceId, LastSequenceNr));
                else
                    _asker.Tell(Done.Instance);
            });
        });
        Command<SaveSnapshotSuccess>(_ => _asker.Tell(Done.Instance));
        Command<Done>(_ => Sender.Tell(Done.Instance));
    }

    public override string PersistenceId { get; }

    internal static Props Props(string id) => Akka.Actor.Props.Create(() => new BenchEntity(id));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _asker.Tell(new Status.Failure(cause));

    private void Store(long ends)
    {
        _asked = Stopwatch.GetTimestamp();
        Persist(Next(LastSequenceNr + 1), _ =>
        {
            long now = Stopwatch.GetTimestamp();
            _taken.Add(Stopwatch.GetElapsedTime(_asked, now).TotalMilliseconds);
            if (now < ends)
                Store(ends);
            else
                _asker.Tell(_taken.ToImmutableArray());
        });
    }

    private Tagged Next(long sequenceNr) => new(
        EventSeal.Seal(new RoomEvent.CallStarted(Guid.NewGuid(), _user, 1, "node-a", DateTimeOffset.UtcNow), PersistenceId, sequenceNr), ["room"]);

    internal sealed record StoreUntil(long Ends) : INoSerializationVerificationNeeded;

    internal sealed record StoreMany(int Count, bool WithSnapshot) : INoSerializationVerificationNeeded;

    internal sealed record Done : INoSerializationVerificationNeeded
    {
        public static Done Instance { get; } = new();
    }
}
