using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Conference.Actors.Tests.Support;

/// <summary>
/// Akka.Persistence's journal, over a <see cref="TestJournal"/>. It answers in its own turn and not by a task, so that a test knows when all is done;
/// in what order it answers, and by whose name, is as in Akka's own.
/// </summary>
public sealed class TestJournalPlugin : ReceiveActor
{
    private readonly TestJournal _store = TestJournal.Of(Context.System);

    public TestJournalPlugin(Config config)
    {
        _ = config;
        Receive<WriteMessages>(write => Once(_store.Hold?.Invoke(IdOf(write)), new Released(write, Sender)));
        Receive<ReplayMessages>(replay => Once(_store.HoldReplay?.Invoke(replay.PersistenceId), new Released(replay, Sender)));
        Receive<Released>(Handle);
    }

    private static string IdOf(WriteMessages write) =>
        write.Messages.OfType<AtomicWrite>().Select(w => w.PersistenceId).FirstOrDefault() ?? "";

    private void Once(Task? held, Released message)
    {
        if (held is null or { IsCompleted: true })
            Handle(message);
        else
            held.PipeTo(Self, success: () => message);
    }

    private void Handle(Released released)
    {
        switch (released.Message)
        {
            case WriteMessages write:
                Write(write);
                break;
            case ReplayMessages replay:
                Replay(replay);
                break;
        }
    }

    private void Write(WriteMessages write)
    {
        var events = write.Messages.OfType<AtomicWrite>().SelectMany(w => (IEnumerable<IPersistentRepresentation>)w.Payload).ToArray();
        Exception? failure = null;
        try
        {
            foreach (var atomic in write.Messages.OfType<AtomicWrite>())
            {
                var payloads = ((IEnumerable<IPersistentRepresentation>)atomic.Payload).Select(p => p.Payload).ToArray();
                _store.Append(
                    atomic.PersistenceId, atomic.LowestSequenceNr,
                    [.. payloads.Select(p => TestJournal.Bytes.Of(Context.System, p is Tagged tagged ? tagged.Payload : p))],
                    payloads.OfType<Tagged>().SelectMany(t => t.Tags));
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        write.PersistentActor.Tell(failure is null ? WriteMessagesSuccessful.Instance : new WriteMessagesFailed(failure, events.Length), Self);
        foreach (var stored in events)
        {
            write.PersistentActor.Tell(
                failure is null
                    ? new WriteMessageSuccess(stored, write.ActorInstanceId)
                    : new WriteMessageFailure(stored, failure, write.ActorInstanceId),
                stored.Sender);
        }
    }

    private void Replay(ReplayMessages replay)
    {
        try
        {
            foreach (var (sequenceNr, bytes) in _store.Replay(replay.PersistenceId, replay.FromSequenceNr, replay.ToSequenceNr))
            {
                replay.PersistentActor.Tell(
                    new ReplayedMessage(new Persistent(bytes.Read(Context.System), sequenceNr, replay.PersistenceId)), ActorRefs.NoSender);
            }

            replay.PersistentActor.Tell(new RecoverySuccess(_store.CountOf(replay.PersistenceId)), ActorRefs.NoSender);
        }
        catch (Exception e)
        {
            replay.PersistentActor.Tell(new ReplayMessagesFailure(e), ActorRefs.NoSender);
        }
    }

    private sealed record Released(object Message, IActorRef Sender);
}

/// <summary>Akka.Persistence's snapshot store, over a <see cref="TestJournal"/>.</summary>
public sealed class TestSnapshotsPlugin : ReceiveActor
{
    private readonly TestJournal _store = TestJournal.Of(Context.System);

    public TestSnapshotsPlugin(Config config)
    {
        _ = config;
        Receive<LoadSnapshot>(Load);
        Receive<SaveSnapshot>(Save);
        Receive<DeleteSnapshots>(delete =>
        {
            _store.DeleteSnapshots(delete.PersistenceId, delete.Criteria.MaxSequenceNr);
            Sender.Tell(new DeleteSnapshotsSuccess(delete.Criteria));
        });
    }

    private void Load(LoadSnapshot load)
    {
        try
        {
            var found = load.Criteria == SnapshotSelectionCriteria.None
                ? null
                : _store.LoadSnapshot(load.PersistenceId, Math.Min(load.Criteria.MaxSequenceNr, load.ToSequenceNr));
            Sender.Tell(new LoadSnapshotResult(
                found is var (sequenceNr, bytes)
                    ? new SelectedSnapshot(new SnapshotMetadata(load.PersistenceId, sequenceNr, DateTime.UnixEpoch), bytes.Read(Context.System))
                    : null,
                load.ToSequenceNr));
        }
        catch (Exception e)
        {
            Sender.Tell(new LoadSnapshotFailed(e));
        }
    }

    private void Save(SaveSnapshot save)
    {
        try
        {
            _store.SaveSnapshot(save.Metadata.PersistenceId, save.Metadata.SequenceNr, TestJournal.Bytes.Of(Context.System, save.Snapshot));
            Sender.Tell(new SaveSnapshotSuccess(save.Metadata));
        }
        catch (Exception e)
        {
            Sender.Tell(new SaveSnapshotFailure(save.Metadata, e));
        }
    }
}
