using Microsoft.Extensions.Logging;

namespace Conference.Actors;

/// <summary>What users and rooms log; ids from 2100. By kind only (but for a damaged row), and not by Akka's log, which shows the path of who speaks: there is a name in it.</summary>
internal static partial class EntityLog
{
    [LoggerMessage(2100, LogLevel.Debug, "{Entity} handles {Message}")]
    internal static partial void Handles(ILogger logger, string entity, string message);

    [LoggerMessage(2101, LogLevel.Warning, "an event of a {Entity} was not stored: {Cause}")]
    internal static partial void NotStored(ILogger logger, string entity, string cause);

    [LoggerMessage(2102, LogLevel.Error, "a {Entity} cannot be recovered after its event {SequenceNr}: {Cause}")]
    internal static partial void NotRecovered(ILogger logger, string entity, long sequenceNr, string cause);

    [LoggerMessage(2103, LogLevel.Error, "a {Entity} failed at {Message} and stops")]
    internal static partial void Failed(ILogger logger, string entity, string message, Exception exception);

    /// <summary>The one line with a name: without it nobody finds the row to restore.</summary>
    [LoggerMessage(2104, LogLevel.Error, "{PersistenceId} has a damaged row and stops: {Damage}")]
    internal static partial void Damaged(ILogger logger, string persistenceId, string damage);
}
