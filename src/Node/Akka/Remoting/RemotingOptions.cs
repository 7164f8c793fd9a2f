using System.Net;
using Akka.Actor.Setup;

namespace Conference.Node.Akka.Remoting;

/// <summary>What <see cref="TlsTransport"/>, which Akka makes by its name, finds in the actor system's set-up.</summary>
public sealed class RemotingOptions : Setup
{
    /// <summary>Asked at every handshake: what was renewed counts from the next connection on.</summary>
    public required Func<NodeCredentials> Credentials { get; init; }

    /// <summary>Where to listen.</summary>
    public required IPAddress Listen { get; init; }

    /// <summary>0 takes any free one.</summary>
    public required int Port { get; init; }

    /// <summary>What the other nodes are told: an address, IPv6 in brackets.</summary>
    public required string Host { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Told of every connection that came to nothing because who made it is no node of ours. From any thread.</summary>
    public Action Refused { get; init; } = () => { };
}

/// <summary>What the transport between nodes says; ids from 4350.</summary>
internal static partial class RemotingLog
{
    [LoggerMessage(4350, LogLevel.Warning, "the port for other nodes took no connection: {Why}")]
    internal static partial void AcceptFailed(ILogger logger, string why);

    [LoggerMessage(4351, LogLevel.Warning, "somebody who is no node of this cluster was refused at the port for other nodes: {Why}")]
    internal static partial void Refused(ILogger logger, string why);
}
