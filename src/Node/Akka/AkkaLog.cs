using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using MicrosoftLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Conference.Node.Akka;

/// <summary>Where Akka's log goes.</summary>
/// <param name="loggers">One logger for each class that says something.</param>
public sealed class AkkaLogSetup(ILoggerFactory loggers) : Setup
{
    public ILoggerFactory Loggers => loggers;
}

/// <summary>
/// Akka's log among the node's own lines: without what is said whenever a node comes or goes, which <see cref="ClusterLog"/> and metrics tell, and without
/// the names of users and rooms, which are part of the paths of their actors.
/// </summary>
public sealed partial class AkkaLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public AkkaLog()
    {
        var loggers = Context.System.Settings.Setup.Get<AkkaLogSetup>().Value.Loggers;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(said => Write(loggers.CreateLogger(said.LogClass), said));
    }

    /// <summary>A line as it is written; null for what is left out.</summary>
    internal static string? Text(string source, string message)
    {
        // A broken association is told three times, and a shard on its way to another node once for each who asks.
        bool isUsual = source.Contains("/endpointManager/reliableEndpointWriter", StringComparison.Ordinal)
            || message.StartsWith("Tried to associate with unreachable remote address", StringComparison.Ordinal)
            || message.Contains("buffered messages", StringComparison.Ordinal)
            || message.Contains("Trying to register to coordinator", StringComparison.Ordinal);
        return isUsual ? null : Entity().Replace($"{source}: {message}", "$1$2...");
    }

    private static void Write(ILogger logger, LogEvent said)
    {
        var level = said.LogLevel() switch
        {
            global::Akka.Event.LogLevel.DebugLevel => MicrosoftLevel.Debug,
            global::Akka.Event.LogLevel.InfoLevel => MicrosoftLevel.Information,
            global::Akka.Event.LogLevel.WarningLevel => MicrosoftLevel.Warning,
            _ => MicrosoftLevel.Error,
        };
        if (logger.IsEnabled(level) && Text(said.LogSource, $"{said.Message}") is { } text)
            Said(logger, level, text, said.Cause);
    }

    [LoggerMessage(EventId = 4330, Message = "{Text}")]
    private static partial void Said(ILogger logger, MicrosoftLevel level, string text, Exception? exception);

    /// <summary>The id of a user or room, as it is (not in a path, where <c>/user/</c> is Akka's) and as it stands in a path.</summary>
    [GeneratedRegex(@"(?<![/\w])((?:user|room)/)[^/\s]+/[^/\s\],;:)]+|\b((?:user|room)%2F)[^/\s\],;:)]+", RegexOptions.IgnoreCase)]
    private static partial Regex Entity();
}
