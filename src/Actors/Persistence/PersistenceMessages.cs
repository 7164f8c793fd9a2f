namespace Conference.Actors.Persistence;

/// <summary>Which snapshot: the state after the event of this number.</summary>
public sealed record SnapshotMetadata(PersistenceId PersistenceId, long SequenceNr);

/// <summary>To a Recover handler, before the first event: start from here.</summary>
public sealed record SnapshotOffer(SnapshotMetadata Metadata, object Snapshot);

/// <summary>To a Recover handler, after the last event and before the first command. What is persisted here is stored before it, too.</summary>
public sealed record RecoveryCompleted
{
    public static RecoveryCompleted Instance { get; } = new();
}

/// <summary>To whoever called SaveSnapshot. Need not be handled.</summary>
public sealed record SaveSnapshotSuccess(SnapshotMetadata Metadata);

/// <summary>To whoever called SaveSnapshot. Need not be handled: the events are all there, only recovery takes longer.</summary>
public sealed record SaveSnapshotFailure(SnapshotMetadata Metadata, Exception Cause);

/// <summary>To whoever called DeleteSnapshots. Need not be handled.</summary>
public sealed record DeleteSnapshotsSuccess(long MaxSequenceNr);

/// <summary>To whoever called DeleteSnapshots. Need not be handled.</summary>
public sealed record DeleteSnapshotsFailure(long MaxSequenceNr, Exception Cause);
