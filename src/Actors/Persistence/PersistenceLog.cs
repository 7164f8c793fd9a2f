using Microsoft.Extensions.Logging;

namespace Conference.Actors.Persistence;

/// <summary>What persistent actors log; ids from 2100. Persistence ids name entities, so an operator finds the row; nothing else does.</summary>
internal static partial class PersistenceLog
{
    [LoggerMessage(2100, LogLevel.Warning, "{PersistenceId} could not store its event {SequenceNr} and stops")]
    internal static partial void WriteFailed(ILogger logger, PersistenceId persistenceId, long sequenceNr, Exception cause);

    [LoggerMessage(2101, LogLevel.Warning, "{PersistenceId} could not be recovered: the store is away")]
    internal static partial void StoreAway(ILogger logger, PersistenceId persistenceId, Exception cause);

    [LoggerMessage(2102, LogLevel.Error, "{PersistenceId} refuses to start after its event {SequenceNr}")]
    internal static partial void Refuses(ILogger logger, PersistenceId persistenceId, long sequenceNr, Exception cause);

    [LoggerMessage(2103, LogLevel.Warning, "{PersistenceId}: the snapshot at {SequenceNr} cannot be read; an older one or the events serve")]
    internal static partial void SnapshotUnreadable(ILogger logger, PersistenceId persistenceId, long sequenceNr, Exception cause);

    [LoggerMessage(2104, LogLevel.Warning, "{PersistenceId}: the snapshot at {SequenceNr} could not be stored or deleted")]
    internal static partial void SnapshotFailed(ILogger logger, PersistenceId persistenceId, long sequenceNr, Exception cause);

    /// <summary>Of which entity, the trace it belongs to tells where there is one.</summary>
    [LoggerMessage(2105, LogLevel.Debug, "{Count} events were stored")]
    internal static partial void Stored(ILogger logger, int count);
}
