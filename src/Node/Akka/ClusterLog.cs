namespace Conference.Node.Akka;

/// <summary>What a node says of its cluster; ids from 4300. Each is said when it changes, not while it lasts.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(4300, LogLevel.Information, "nobody else is there: the first node of the cluster, at {Endpoint}")]
    internal static partial void Founding(ILogger logger, string endpoint);

    [LoggerMessage(4301, LogLevel.Information, "joins the cluster of {Nodes}")]
    internal static partial void Joining(ILogger logger, string nodes);

    [LoggerMessage(4302, LogLevel.Warning, "waits: {Node} answers as a node of this cluster, but has no session in this database. If this database was copied from another, delete its rows of conference_node and conference_certificate")]
    internal static partial void Waiting(ILogger logger, string node);

    [LoggerMessage(4303, LogLevel.Warning, "the node at {Other} is called {Name} too: give every node a Node:Name of its own")]
    internal static partial void NameIsShared(ILogger logger, string name, string other);

    [LoggerMessage(4304, LogLevel.Warning, "the cluster's database does not answer: {Why}. Calls go on; no node can come, and of two halves of the cluster none goes on")]
    internal static partial void DatabaseAway(ILogger logger, string why);

    [LoggerMessage(4305, LogLevel.Information, "the cluster's database answers again")]
    internal static partial void DatabaseBack(ILogger logger);

    [LoggerMessage(4306, LogLevel.Warning, "going without having said so: the database does not answer. The others will find out")]
    internal static partial void NotUnregistered(ILogger logger);

    [LoggerMessage(4307, LogLevel.Information, "a certificate was made for this cluster, and is kept in its database")]
    internal static partial void CertificateMade(ILogger logger);

    [LoggerMessage(4308, LogLevel.Warning, "found {Node} dead ({Why}): it is put out of the cluster")]
    internal static partial void ProvenDead(ILogger logger, string node, string why);

    [LoggerMessage(4309, LogLevel.Warning, "asked whether to go on without {Away} of {All} nodes: {Answer}")]
    internal static partial void LeaseDecided(ILogger logger, int away, int all, string answer);

    [LoggerMessage(4310, LogLevel.Critical, "put out of the cluster ({Why}): the process ends with exit code 3. Its users and rooms live elsewhere by now")]
    internal static partial void Downed(ILogger logger, string why);

    [LoggerMessage(4311, LogLevel.Warning, "it could not be written down that {Node} is gone: {Why}")]
    internal static partial void NotDeparted(ILogger logger, string node, string why);

    [LoggerMessage(4312, LogLevel.Warning, "a majority of the cluster has not been heard for {Seconds} s: users and rooms of this node answer nothing until it is")]
    internal static partial void NotActing(ILogger logger, double seconds);

    [LoggerMessage(4313, LogLevel.Information, "a majority of the cluster is heard again")]
    internal static partial void ActingAgain(ILogger logger);

    [LoggerMessage(4314, LogLevel.Error, "clients could not be told that this node ends")]
    internal static partial void FarewellFailed(ILogger logger, Exception cause);
}
