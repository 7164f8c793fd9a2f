namespace Conference.Actors.Persistence;

/// <summary>
/// Where events and snapshots are kept. What was acknowledged is there after a crash. Events are never deleted. Every call
/// ends by its own deadline.
/// </summary>
public interface IJournal
{
    /// <summary>Completes once the events are durable, with all their changes.</summary>
    /// <exception cref="JournalConflictException">The entity's last event is not the one before these.</exception>
    /// <exception cref="JournalFencedException">The shard is at another epoch.</exception>
    /// <exception cref="JournalUnavailableException">Not stored, or nobody knows: read again before the next write.</exception>
    Task AppendAsync(JournalWrite write, CancellationToken cancellationToken = default);

    /// <summary>Events from a sequence number on, in order. A gap is the reader's to find.</summary>
    /// <exception cref="JournalCorruptException">A row is damaged; what was before it has been read.</exception>
    /// <exception cref="JournalUnavailableException">The store is away.</exception>
    IAsyncEnumerable<JournalRow> ReplayAsync(
        PersistenceId persistenceId, long fromSequenceNr, CancellationToken cancellationToken = default);

    /// <summary>Stores a snapshot and forgets all but the newest <paramref name="keep"/> of the entity.</summary>
    Task SaveSnapshotAsync(PersistenceId persistenceId, JournalRow snapshot, int keep, CancellationToken cancellationToken = default);

    /// <summary>The newest undamaged snapshot at or before a sequence number; null if there is none.</summary>
    Task<JournalRow?> LoadSnapshotAsync(
        PersistenceId persistenceId, long maxSequenceNr = long.MaxValue, CancellationToken cancellationToken = default);

    Task DeleteSnapshotsAsync(PersistenceId persistenceId, long maxSequenceNr, CancellationToken cancellationToken = default);
}

/// <summary>One stored event, or one stored snapshot: the state after the event of that number.</summary>
public sealed record JournalRow(long SequenceNr, ReadOnlyMemory<byte> Payload);
