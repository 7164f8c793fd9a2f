using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Node.Cluster;

/// <summary>What a node says of its cluster; ids from 4300. Each is said when it changes, not while it lasts.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(4300, LogLevel.Information, "in the cluster as node number {Number}, life {Life}, with links at {Link}")]
    internal static partial void Joined(ILogger logger, int number, NodeId life, IPEndPoint link);

    [LoggerMessage(4301, LogLevel.Error, "node {By} is at {Link} too and alive: every node needs a Cluster:Advertise and Cluster:Port of its own; tried again until it is gone")]
    internal static partial void AddressInUse(ILogger logger, NodeId by, IPEndPoint link);

    [LoggerMessage(4302, LogLevel.Information, "takes no shards yet: there are no links to {Missing}")]
    internal static partial void WaitingForLinks(ILogger logger, string missing);

    [LoggerMessage(4319, LogLevel.Information, "has links to every node, and takes shards")]
    internal static partial void HasLinks(ILogger logger);

    [LoggerMessage(4320, LogLevel.Warning, "no full member of the cluster yet: started all the same, and trying on")]
    internal static partial void NotJoined(ILogger logger);

    [LoggerMessage(4321, LogLevel.Warning, "not all shards were handed over in time: the others take them")]
    internal static partial void NotHandedOver(ILogger logger);

    [LoggerMessage(4322, LogLevel.Warning, "going without having left the cluster: the database does not answer. The others will find out")]
    internal static partial void NotLeft(ILogger logger);

    [LoggerMessage(4303, LogLevel.Information, "node {Name} ({Life}) has joined, its links are at {Link}; {Nodes} nodes")]
    internal static partial void NodeJoined(ILogger logger, string name, NodeId life, IPEndPoint link, int nodes);

    [LoggerMessage(4304, LogLevel.Information, "node {Name} ({Life}) hands over its shards")]
    internal static partial void NodeLeaving(ILogger logger, string name, NodeId life);

    [LoggerMessage(4305, LogLevel.Information, "node {Name} ({Life}) is gone; {Nodes} nodes")]
    internal static partial void NodeGone(ILogger logger, string name, NodeId life, int nodes);

    [LoggerMessage(4306, LogLevel.Information, "took {Gained} shards and gave {Given}: owns {Owned} of {All}, the highest epoch is {Epoch}")]
    internal static partial void ShardsMoved(ILogger logger, int gained, int given, int owned, int all, long epoch);

    [LoggerMessage(4307, LogLevel.Warning, "declared node {Name} ({Life}) dead: {Evidence}")]
    internal static partial void DeclaredDead(ILogger logger, string name, NodeId life, string evidence);

    [LoggerMessage(4308, LogLevel.Warning, "put node {Name} ({Life}) out of the cluster: the others cannot reach it over their links")]
    internal static partial void Evicted(ILogger logger, string name, NodeId life);

    [LoggerMessage(4309, LogLevel.Warning, "took {Shards} shards from owners that did not hand them over in time")]
    internal static partial void Overdue(ILogger logger, int shards);

    [LoggerMessage(4310, LogLevel.Information, "{Shards} shards without an owner have one again")]
    internal static partial void TakenOver(ILogger logger, int shards);

    [LoggerMessage(4311, LogLevel.Warning, "the cluster's database does not answer: {Why}")]
    internal static partial void DatabaseAway(ILogger logger, string why);

    [LoggerMessage(4312, LogLevel.Information, "the cluster's database answers again")]
    internal static partial void DatabaseBack(ILogger logger);

    [LoggerMessage(4313, LogLevel.Warning, "the lease has run out: users and rooms of this node answer nothing until the database does; calls go on")]
    internal static partial void LeaseLost(ILogger logger);

    [LoggerMessage(4314, LogLevel.Information, "the lease is held again")]
    internal static partial void LeaseHeld(ILogger logger);

    [LoggerMessage(4315, LogLevel.Warning, "fenced: others have declared life {Life} of this node dead. Its users and rooms live elsewhere; it joins again as {Next}")]
    internal static partial void Fenced(ILogger logger, NodeId life, NodeId? next);

    [LoggerMessage(4316, LogLevel.Information, "out of the cluster: no shards are left here")]
    internal static partial void Left(ILogger logger);

    [LoggerMessage(4317, LogLevel.Error, "shard {Shard} was not handed over: its entities did not stop")]
    internal static partial void HandOffFailed(ILogger logger, ShardId shard, Exception cause);

    [LoggerMessage(4318, LogLevel.Error, "a view of the cluster was not taken in")]
    internal static partial void SubscriberFailed(ILogger logger, Exception cause);
}
