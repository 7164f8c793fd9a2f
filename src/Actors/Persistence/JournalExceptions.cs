namespace Conference.Actors.Persistence;

/// <summary>An entity cannot do what was asked because of its journal. What a command that fails so is answered with.</summary>
public abstract class JournalException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The store did not do it, or not in time: try again.</summary>
public class JournalUnavailableException(string message, Exception? cause = null, bool outcomeUnknown = false)
    : JournalException(message, cause)
{
    /// <summary>A write may have been stored all the same.</summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}

/// <summary>Somebody else has written this entity's next event. Whoever asks again is answered by who holds the truth.</summary>
public sealed class JournalConflictException(PersistenceId persistenceId, long sequenceNr, Exception? cause = null)
    : JournalUnavailableException($"{persistenceId} has another last event than the one before {sequenceNr}: there is a second writer", cause)
{
    public PersistenceId PersistenceId { get; } = persistenceId;

    public long SequenceNr { get; } = sequenceNr;
}

/// <summary>The shard has moved on: this node owns the entity no more.</summary>
public sealed class JournalFencedException(PersistenceId persistenceId, ShardFence fence)
    : JournalUnavailableException($"{persistenceId}: shard {fence.Shard} is no longer at epoch {fence.Epoch}")
{
    public PersistenceId PersistenceId { get; } = persistenceId;

    public ShardFence Fence { get; } = fence;
}

/// <summary>A stored row is not what was written, or is missing. Only a repair or a restore helps.</summary>
public sealed class JournalCorruptException(PersistenceId persistenceId, long sequenceNr, string what, Exception? cause = null)
    : JournalException($"the journal of {persistenceId} is damaged at sequence number {sequenceNr}: {what}", cause)
{
    public PersistenceId PersistenceId { get; } = persistenceId;

    public long SequenceNr { get; } = sequenceNr;
}

/// <summary>A newer version wrote this: it must not be guessed at.</summary>
public sealed class JournalTooNewException(PersistenceId persistenceId, long sequenceNr)
    : JournalException($"{persistenceId} has an event of a kind this version does not know at sequence number {sequenceNr}: "
        + "a newer version wrote it, and only one at least as new can go on with it")
{
    public PersistenceId PersistenceId { get; } = persistenceId;

    public long SequenceNr { get; } = sequenceNr;
}
