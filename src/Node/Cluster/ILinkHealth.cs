using Conference.Actors.Cluster;

namespace Conference.Node.Cluster;

/// <summary>How the links to the other nodes are doing. Safe from any thread.</summary>
public interface ILinkHealth
{
    /// <returns>Null where there never was a link to it.</returns>
    LinkHealth? Of(NodeId peer);
}

/// <param name="ConnectedSince">Null while it is down.</param>
/// <param name="RoundTrip">Of the last keep-alive; null before the first.</param>
/// <param name="QueuedBytes">What waits to be sent.</param>
/// <param name="Dropped">Messages that found the queue full, since the link's first day.</param>
public sealed record LinkHealth(DateTimeOffset? ConnectedSince, TimeSpan? RoundTrip, long QueuedBytes, long Dropped);

/// <summary>Of a node that has no peers.</summary>
public sealed class NoLinkHealth : ILinkHealth
{
    private NoLinkHealth()
    {
    }

    public static NoLinkHealth Instance { get; } = new();

    public LinkHealth? Of(NodeId peer) => null;
}
