namespace Conference.Node.Draining;

/// <summary>What the log says of drains; ids from 4021.</summary>
internal static partial class DrainLog
{
    [LoggerMessage(4021, LogLevel.Information, "drain: {Sessions} sessions are told where to go on")]
    public static partial void SendingOn(ILogger logger, int sessions);

    [LoggerMessage(4022, LogLevel.Information, "drain: over, {Sessions} sessions had to be ended")]
    public static partial void Over(ILogger logger, int sessions);

    [LoggerMessage(4023, LogLevel.Information, "drain: called off")]
    public static partial void CalledOff(ILogger logger);

    [LoggerMessage(4024, LogLevel.Warning, "drain: the sessions do not answer")]
    public static partial void Stuck(ILogger logger);
}
