using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>What moves around the sessions of a node: the users they belong to, and, while the node drains, the sessions themselves.</summary>
public sealed partial class SessionsActor
{
    /// <summary>Where each session was told to go.</summary>
    private readonly Dictionary<IActorRef, string> _destinations = [];

    private ClusterView _view;
    private NodeId _self;
    private IDisposable? _subscription;
    private bool _isDraining;
    private int _nextDestination;

    private DrainProgress Progress => new(_isDraining, _open);

    /// <summary>A user whose shard has another owner is somebody who does not know its sessions. (One who handed it over cleanly has said so
    /// itself; one who crashed has not.) And a node that begins another life has new references, by which nobody knows its sessions yet.</summary>
    private void Follow(ClusterView view)
    {
        var before = _view;
        _view = view;
        if (_self != _node.Cluster.Self)
        {
            _self = _node.Cluster.Self;
            TellAll(SessionCommands.Reintroduce.Instance);
        }
        else
        {
            var moved = new HashSet<ShardId>();
            for (int i = 0; i < view.Shards.Length; i++)
            {
                if (view.Shards[i].Owner is not null && view.Shards[i] != before.Shards[i] && view.Shards[i].Epoch != before.Shards[i].Epoch)
                    moved.Add(new ShardId(i));
            }

            if (moved.Count > 0)
                TellAll(new SessionCommands.ShardsMoved(moved));
        }

        if (_isDraining)
            ShowTheWay();
    }

    private void Drain()
    {
        if (!_isDraining)
        {
            _isDraining = true;
            ShowTheWay();
            CountDrain();
        }

        Context.Answer(Progress);
    }

    private void CallOffDrain()
    {
        if (_isDraining)
        {
            _isDraining = false;
            _destinations.Clear();
            TellAll(new SessionNotice.Moving(null));
            CountDrain();
        }

        Context.Answer(Progress);
    }

    /// <summary>Every session is sent to one of the nodes that stay, in turn; those whose node has gone by now, to another.</summary>
    private void ShowTheWay()
    {
        string[] hosts = [.. _view.Nodes.Where(n => n.Id != _self && n.State == NodeState.Up).Select(n => n.Host).Distinct()];
        foreach (var session in Context.GetChildren())
        {
            if (hosts.Length == 0 || (_destinations.TryGetValue(session, out string? told) && hosts.Contains(told)))
                continue;
            string host = _destinations[session] = hosts[_nextDestination++ % hosts.Length];
            session.Tell(new SessionNotice.Moving(host));
        }
    }

    private void TellAll(object message)
    {
        foreach (var session in Context.GetChildren())
            session.Tell(message);
    }

    private void CountDrain() => _node.Metrics.Drain(_isDraining, _isDraining ? _open : 0);
}
