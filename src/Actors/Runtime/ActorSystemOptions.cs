using Microsoft.Extensions.Logging;

namespace Conference.Actors.Runtime;

/// <summary>What an actor system is given from outside.</summary>
public sealed record ActorSystemOptions
{
    /// <summary>The clock of every timer, deadline and timeout.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>For tests; several systems may share one.</summary>
    internal Execution.ActivityCounter? Activity { get; init; }
}
