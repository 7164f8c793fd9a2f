using Microsoft.Extensions.Logging;

namespace Conference.Actors.Cluster;

/// <summary>What a node logs of the others; ids from 2300.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(2300, LogLevel.Warning, "node {Node} has joined by the name {Name}, which is that of {Others} too: give each node a Node:Name of its own, or drain by id")]
    internal static partial void NameTwice(ILogger logger, string node, string name, string others);
}
