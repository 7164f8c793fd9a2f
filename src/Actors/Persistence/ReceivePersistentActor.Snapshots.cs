using Conference.Actors.Runtime;

namespace Conference.Actors.Persistence;

/// <summary>Snapshots shorten recovery and are otherwise worth nothing: no command waits for one.</summary>
public abstract partial class ReceivePersistentActor
{
    /// <summary>Of the snapshot that was taken or offered last; 0 when there is none.</summary>
    public long SnapshotSequenceNr { get; private set; }

    /// <summary>How many snapshots are kept: more than one, so that an unreadable one costs a longer recovery and no more.</summary>
    protected virtual int SnapshotsKept => 2;

    /// <summary>
    /// Stores the state after the last event. It is turned into bytes here and now, so it may change afterwards.
    /// <see cref="SaveSnapshotSuccess"/> or <see cref="SaveSnapshotFailure"/> follows.
    /// </summary>
    protected void SaveSnapshot(object snapshot)
    {
        if (LastSequenceNr == 0)
            throw new InvalidOperationException($"{PersistenceId} has no event a snapshot could stand for");
        var metadata = new SnapshotMetadata(PersistenceId, LastSequenceNr);
        var row = new JournalRow(LastSequenceNr, _options.Serializer.SerializeSnapshot(snapshot));
        SnapshotSequenceNr = LastSequenceNr;
        _options.Journal.SaveSnapshotAsync(PersistenceId, row, SnapshotsKept).PipeTo(
            Self,
            Self,
            () => new SaveSnapshotSuccess(metadata),
            exception =>
            {
                PersistenceLog.SnapshotFailed(_log, PersistenceId, metadata.SequenceNr, exception);
                return new SaveSnapshotFailure(metadata, exception);
            });
    }

    /// <summary>Forgets the snapshots up to a sequence number. Events stay.</summary>
    protected void DeleteSnapshots(long maxSequenceNr) =>
        _options.Journal.DeleteSnapshotsAsync(PersistenceId, maxSequenceNr).PipeTo(
            Self,
            Self,
            () => new DeleteSnapshotsSuccess(maxSequenceNr),
            exception =>
            {
                PersistenceLog.SnapshotFailed(_log, PersistenceId, maxSequenceNr, exception);
                return new DeleteSnapshotsFailure(maxSequenceNr, exception);
            });
}
