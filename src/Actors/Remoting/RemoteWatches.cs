using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Remoting;

/// <summary>
/// Whom actors of this node watch on others. A node is told what is watched there, and told all of it again whenever its link comes
/// up; it answers when one has ended, at once for one it does not know. A node that is out of the cluster's view has ended with all its
/// actors. A link that is down says nothing.
/// </summary>
/// <param name="tell">Tells a node to watch or not to; false when it cannot be told now. Called under this one's lock, so that the
/// order of what a node is told is that of what was wanted.</param>
internal sealed class RemoteWatches(Func<NodeId, bool, IReadOnlyCollection<ulong>, bool> tell)
{
    /// <summary>How long a node may be spoken of before the cluster's view shows it: as long as reading the view anew may take.</summary>
    private static readonly TimeSpan _mayBeNew = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, Peer> _peers = [];

    internal int Count
    {
        get
        {
            lock (_gate)
                return _peers.Values.Sum(p => p.Watched.Count);
        }
    }

    /// <summary>Something is still to be told, or to be found out.</summary>
    internal bool IsUnsettled
    {
        get
        {
            lock (_gate)
                return _peers.Values.Any(p => p.IsUntold || p.UnknownFor is not null);
        }
    }

    /// <param name="subject">Whom.</param>
    /// <param name="watcher">Who is to hear of its end.</param>
    /// <param name="isKnown">The node is in the cluster's view. One that is not may be too new for it, for a while.</param>
    internal void Watch(RemoteActorRef subject, IInternalActorRef watcher, bool isKnown)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(subject.Node, out var peer))
                _peers[subject.Node] = peer = new Peer { UnknownFor = isKnown ? null : TimeSpan.Zero };
            if (peer.Watched.TryGetValue(subject.Id, out var entry))
            {
                entry.Watchers.Add(watcher);
                return;
            }
            peer.Watched[subject.Id] = new Watched(subject, [watcher]);
            peer.IsUntold |= !tell(subject.Node, true, [subject.Id]);
        }
    }

    internal void Unwatch(RemoteActorRef subject, IInternalActorRef watcher)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(subject.Node, out var peer) || !peer.Watched.TryGetValue(subject.Id, out var entry))
                return;
            entry.Watchers.Remove(watcher);
            if (entry.Watchers.Count > 0)
                return;
            // Should this not get through, its end is told for nothing one day.
            peer.Watched.Remove(subject.Id);
            tell(subject.Node, false, [subject.Id]);
            if (peer.Watched.Count == 0)
                _peers.Remove(subject.Node);
        }
    }

    internal void Ended(NodeId node, IEnumerable<ulong> ids)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(node, out var peer))
                return;
            foreach (var id in ids)
                if (peer.Watched.Remove(id, out var entry))
                    entry.TellOfEnd();
            if (peer.Watched.Count == 0)
                _peers.Remove(node);
        }
    }

    internal void Connected(NodeId node)
    {
        lock (_gate)
            if (_peers.TryGetValue(node, out var peer))
                Tell(node, peer);
    }

    internal void Follow(ClusterView view)
    {
        lock (_gate)
            foreach (var (node, peer) in _peers)
                if (view.Find(node) is not null)
                    peer.UnknownFor = null;
    }

    /// <summary>The node is out of the cluster, for ever.</summary>
    internal void Departed(NodeId node)
    {
        lock (_gate)
            if (_peers.TryGetValue(node, out var peer))
                End(node, peer);
    }

    /// <param name="sinceLast">Time since the last call.</param>
    internal void TryAgain(TimeSpan sinceLast)
    {
        lock (_gate)
            foreach (var (node, peer) in _peers.ToArray())
            {
                if (peer.UnknownFor is { } unknownFor && (peer.UnknownFor = unknownFor + sinceLast) > _mayBeNew)
                    End(node, peer);
                else if (peer.IsUntold)
                    Tell(node, peer);
            }
    }

    private void Tell(NodeId node, Peer peer) => peer.IsUntold = !tell(node, true, peer.Watched.Keys);

    private void End(NodeId node, Peer peer)
    {
        _peers.Remove(node);
        foreach (var entry in peer.Watched.Values)
            entry.TellOfEnd();
    }

    private sealed class Peer
    {
        internal Dictionary<ulong, Watched> Watched { get; } = [];

        /// <summary>It could not be told of all it is to watch.</summary>
        internal bool IsUntold { get; set; }

        /// <summary>Null once a view has shown it.</summary>
        internal TimeSpan? UnknownFor { get; set; }
    }

    private readonly record struct Watched(RemoteActorRef Subject, HashSet<IInternalActorRef> Watchers)
    {
        internal void TellOfEnd()
        {
            foreach (var watcher in Watchers)
                watcher.SendSystem(new DeathWatchNotification(Subject, existenceConfirmed: true));
        }
    }
}
