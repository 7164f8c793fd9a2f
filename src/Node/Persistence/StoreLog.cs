namespace Conference.Node.Persistence;

/// <summary>What the stores log; ids from 4100.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(4100, LogLevel.Information, "the store is {Store}, schema {Schema}")]
    internal static partial void Opened(ILogger logger, string store, int schema);

    [LoggerMessage(4101, LogLevel.Information, "schema migration {Number} made: {Name}")]
    internal static partial void Migrated(ILogger logger, int number, string name);

    [LoggerMessage(4102, LogLevel.Error, "the store failed; writes are refused until it works again")]
    internal static partial void WritesFailed(ILogger logger, Exception cause);

    [LoggerMessage(4103, LogLevel.Information, "the store works again")]
    internal static partial void Recovered(ILogger logger);

    [LoggerMessage(4104, LogLevel.Error, "{PersistenceId}: the snapshot at {SequenceNr} is damaged and passed over")]
    internal static partial void SnapshotDamaged(ILogger logger, Actors.Persistence.PersistenceId persistenceId, long sequenceNr);
}
