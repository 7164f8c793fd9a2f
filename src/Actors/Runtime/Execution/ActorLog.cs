using Microsoft.Extensions.Logging;

namespace Conference.Actors.Runtime.Execution;

/// <summary>Everything the kernel logs. Messages appear by their type only: what is in them may be private.</summary>
internal sealed partial class ActorLog(ILogger logger)
{
    [LoggerMessage(2001, LogLevel.Warning, "{Child} failed: {Directive}")]
    internal partial void ChildFailed(ActorPath child, Directive directive, Exception cause);

    [LoggerMessage(2002, LogLevel.Error, "{Hook} of {Actor} threw")]
    internal partial void HookFailed(string hook, ActorPath actor, Exception exception);

    [LoggerMessage(2003, LogLevel.Error, "{Actor} failed while it was stopping")]
    internal partial void FailedWhileStopping(ActorPath actor, Exception exception);

    [LoggerMessage(2004, LogLevel.Debug, "{Actor} does not handle {MessageType}")]
    internal partial void Unhandled(ActorPath actor, string messageType);

    [LoggerMessage(2005, LogLevel.Debug, "Dead letter ({Reason}): {MessageType} to {Recipient}")]
    internal partial void DeadLetter(DeadLetterReason reason, string messageType, ActorPath recipient);

    internal bool IsDebug => logger.IsEnabled(LogLevel.Debug);
}
