using Microsoft.Extensions.Logging;

namespace Conference.Actors;

/// <summary>What users and rooms log; ids from 2100. By kind only, and not by Akka's log, which shows the path of who speaks: there is a name in it.</summary>
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
}
