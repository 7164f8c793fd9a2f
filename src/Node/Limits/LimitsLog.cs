namespace Conference.Node.Limits;

/// <summary>What the log says of limits; ids from 4070.</summary>
internal static partial class LimitsLog
{
    [LoggerMessage(4070, LogLevel.Information, "{Limit} descriptors: {Reserve} for the node itself, the others for {Sessions} sessions, {Ports} media ports and {HttpConnections} HTTP connections at most")]
    public static partial void Descriptors(ILogger logger, int limit, int reserve, int sessions, int ports, int httpConnections);

    [LoggerMessage(4071, LogLevel.Warning, "the limit of open files (ulimit -n) allows {Sessions} sessions and not the {MaxSessions} of Qcvc:MaxSessions")]
    public static partial void FewerSessions(ILogger logger, int sessions, int maxSessions);

    [LoggerMessage(4072, LogLevel.Warning, "the heap takes {Used} bytes and may take {Limit}: no client is let in until it is less")]
    public static partial void MemoryShort(ILogger logger, long used, long limit);

    [LoggerMessage(4073, LogLevel.Information, "the heap has room again: clients are let in")]
    public static partial void MemoryBack(ILogger logger);
}
