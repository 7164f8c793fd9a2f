using System.Collections.Concurrent;
using Conference.Actors.Cluster;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Remoting;

/// <summary>Death watch: what is told to other nodes of ours, and of theirs.</summary>
public sealed partial class RemoteActors
{
    /// <summary>Between two tries of what could not be told.</summary>
    private static readonly TimeSpan _tryAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>In one message: 10 bytes each at most.</summary>
    private const int MostIds = 50_000;

    /// <summary>Ends that nodes with a link have not been told of: their queue was full. Locked.</summary>
    private readonly Dictionary<NodeId, List<ulong>> _owed = [];

    /// <summary>Nodes that were in the cluster and are not any more: they do not come back. A few bytes each, and few.</summary>
    private readonly ConcurrentDictionary<NodeId, bool> _departed = [];

    private readonly Lock _timing = new();
    private ITimer? _timer;
    private ClusterView? _seen;

    internal void Watch(RemoteActorRef subject, IInternalActorRef watcher)
    {
        var isKnown = _cluster.View.Find(subject.Node) is not null;
        if (!isKnown)
            _cluster.Refresh();
        _watches.Watch(subject, watcher, isKnown);
        // Looked at after the watch was noted: should the node depart now, one of the two sees the other.
        if (_departed.ContainsKey(subject.Node))
            _watches.Departed(subject.Node);
        SeeToIt();
    }

    internal void Unwatch(RemoteActorRef subject, IInternalActorRef watcher) => _watches.Unwatch(subject, watcher);

    private void Follow(ClusterView view)
    {
        var before = _seen;
        _seen = view;
        _watches.Follow(view);
        if (before is null || before.Nodes.All(n => view.Find(n.Id) is not null))
            return;
        foreach (var gone in before.Nodes.Where(n => view.Find(n.Id) is null))
        {
            _departed[gone.Id] = true;
            _watches.Departed(gone.Id);
            lock (_owed)
                _owed.Remove(gone.Id);
        }
        _exports.RemoveWatchers(_departed.ContainsKey);
    }

    private bool TellToWatch(NodeId node, bool watch, IReadOnlyCollection<ulong> ids)
    {
        var told = true;
        foreach (var some in ids.Chunk(MostIds))
        {
            var envelope = new Envelope();
            if (watch)
                (envelope.Watch = new WatchActors()).Ids.AddRange(some);
            else
                (envelope.Unwatch = new UnwatchActors()).Ids.AddRange(some);
            told &= TrySendControl(node, envelope);
        }
        return told;
    }

    /// <summary>One of ours has ended.</summary>
    private void TellOfEnd(ulong id, IReadOnlyCollection<NodeId> watchers)
    {
        foreach (var node in watchers)
            TellOfEnd(node, [id]);
    }

    private void TellOfEnd(NodeId node, IReadOnlyCollection<ulong> ids)
    {
        foreach (var some in ids.Chunk(MostIds))
        {
            var ended = new ActorsTerminated();
            ended.Ids.AddRange(some);
            if (TrySendControl(node, new Envelope { Terminated = ended }))
                continue;
            lock (_owed)
            {
                if (!_owed.TryGetValue(node, out var owed))
                    _owed[node] = owed = [];
                owed.AddRange(some);
            }
            SeeToIt();
        }
    }

    private bool TrySendControl(NodeId node, Envelope envelope)
    {
        new ReferenceWriter(_exports, _cluster.Self, node).WriteNodes(envelope);
        return TrySend(node, envelope);
    }

    /// <summary>Starts the timer when there is something to try again, and stops it when there is nothing.</summary>
    private void SeeToIt()
    {
        bool isOpen;
        lock (_owed)
            isOpen = _owed.Count > 0;
        isOpen |= _watches.IsUnsettled;
        lock (_timing)
        {
            if (isOpen && _timer is null)
                _timer = System.CreateTimer(static state => ((RemoteActors)state!).TryAgain(), this, _tryAgainAfter, _tryAgainAfter);
            else if (!isOpen && _timer is not null)
            {
                _timer.Dispose();
                _timer = null;
            }
        }
    }

    private void TryAgain()
    {
        if (System.WhenTerminated.IsCompleted)
        {
            _timer?.Dispose();
            return;
        }
        _watches.TryAgain(_tryAgainAfter);
        KeyValuePair<NodeId, List<ulong>>[] owed;
        lock (_owed)
        {
            owed = [.. _owed];
            _owed.Clear();
        }
        foreach (var (node, ids) in owed)
            TellOfEnd(node, ids);
        SeeToIt();
    }
}
