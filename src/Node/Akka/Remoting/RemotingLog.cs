namespace Conference.Node.Akka.Remoting;

/// <summary>What the transport between nodes says; ids from 4350.</summary>
internal static partial class RemotingLog
{
    [LoggerMessage(4350, LogLevel.Warning, "the port for other nodes took no connection: {Why}")]
    internal static partial void AcceptFailed(ILogger logger, string why);

    [LoggerMessage(4351, LogLevel.Warning, "somebody who is no node of this cluster was refused at the port for other nodes: {Why}")]
    internal static partial void Refused(ILogger logger, string why);
}
