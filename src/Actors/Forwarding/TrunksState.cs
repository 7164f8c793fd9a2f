using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>Which nodes this one has trunks with, and who needs a new key.</summary>
public sealed class TrunksState
{
    /// <summary>How long a key is used.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromHours(1);

    /// <summary>How many datagrams of one pair of loops: half of what a key has numbers for.</summary>
    public const long KeyUse = 1L << 31;

    private readonly Dictionary<NodeId, Peer> _peers = [];
    private ClusterView? _view;

    /// <summary>A link is up. What was offered before may not have arrived: it is to be offered a key.</summary>
    public void Connected(NodeId node) => Find(node).IsConnected = true;

    /// <summary>A link is down.</summary>
    /// <returns>True when the node is gone as well: it has never been in a view. Its trunk is to be closed.</returns>
    public bool Disconnected(NodeId node)
    {
        if (!_peers.TryGetValue(node, out var peer))
            return false;
        peer.IsConnected = false;
        return !peer.WasInView && _peers.Remove(node);
    }

    /// <summary>A node was offered a key.</summary>
    public void Offered(NodeId node, TimeSpan now) => Find(node).OfferedAt = now;

    /// <summary>Who is in the cluster now.</summary>
    /// <returns>Those who no longer are: their trunks are to be closed. A node whose link was quicker than the view is none of them.</returns>
    public ImmutableArray<NodeId> Viewed(ClusterView view)
    {
        _view = view;
        foreach (var node in view.Nodes)
        {
            if (_peers.TryGetValue(node.Id, out var peer))
                peer.WasInView = true;
        }

        ImmutableArray<NodeId> gone = [.. _peers.Where(p => p.Value.WasInView && view.Find(p.Key) is null).Select(p => p.Key)];
        foreach (var node in gone)
            _peers.Remove(node);
        return gone;
    }

    /// <summary>Those who are to be offered a new key: theirs is old, or will be used up.</summary>
    public ImmutableArray<NodeId> Due(TrunkStatistics trunks, TimeSpan now) =>
    [
        .. _peers.Where(p => p.Value.IsConnected
                && (now - p.Value.OfferedAt >= KeyLife || trunks.Peers.Any(t => t.Peer.Value == p.Key.Value && t.KeyUse >= KeyUse)))
            .Select(p => p.Key),
    ];

    private Peer Find(NodeId node)
    {
        if (!_peers.TryGetValue(node, out var peer))
            _peers.Add(node, peer = new Peer { WasInView = _view?.Find(node) is not null });
        return peer;
    }

    private sealed class Peer
    {
        public bool IsConnected { get; set; }

        public bool WasInView { get; set; }

        public TimeSpan OfferedAt { get; set; } = TimeSpan.MinValue / 2;
    }
}
