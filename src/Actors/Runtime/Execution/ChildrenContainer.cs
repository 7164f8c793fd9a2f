namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// The children of one actor. Locked, though an actor's children change on its own turn only: anybody may start a top-level actor,
/// and statistics read from outside. The lock is never held across anything that could wait.
/// </summary>
internal sealed class ChildrenContainer
{
    private readonly Dictionary<string, ActorCell> _children = new(StringComparer.Ordinal);
    private HashSet<ActorCell>? _stopping;
    private Dictionary<ActorCell, RestartStatistics>? _restarts;
    private long _nextName;
    private bool _closed;

    internal ActorCell Add(ActorCell parent, Props props, string? name)
    {
        lock (_children)
        {
            if (_closed)
                throw new InvalidOperationException($"{parent.Path} is stopping and can have no new children");
            name ??= $"${_nextName++:x}";
            var child = new ActorCell(parent.System, parent, props, name);
            if (!_children.TryAdd(name, child))
                throw new InvalidActorNameException($"{child.Path} exists already");
            parent.System.CountActor(props.ActorType, 1);
            return child;
        }
    }

    internal ActorCell? Find(string name)
    {
        lock (_children)
            return _children.GetValueOrDefault(name);
    }

    internal bool Contains(ActorCell child) => Find(child.Name) == child;

    internal ActorCell[] Snapshot()
    {
        lock (_children)
            return [.. _children.Values];
    }

    /// <summary>From now on nobody is added.</summary>
    internal void Close()
    {
        lock (_children)
            _closed = true;
    }

    internal void Remove(ActorCell child)
    {
        lock (_children)
        {
            if (_children.GetValueOrDefault(child.Name) != child)
                return;
            _children.Remove(child.Name);
            _stopping?.Remove(child);
            _restarts?.Remove(child);
        }
    }

    internal bool IsEmpty
    {
        get
        {
            lock (_children)
                return _children.Count == 0;
        }
    }

    /// <summary>A restart waits for those its PreRestart stopped, so that their names are free for the new incarnation.</summary>
    internal bool AnyStopping
    {
        get
        {
            lock (_children)
                return _stopping is { Count: > 0 };
        }
    }

    internal void MarkStopping(ActorCell child)
    {
        lock (_children)
        {
            if (_children.GetValueOrDefault(child.Name) == child)
                (_stopping ??= []).Add(child);
        }
    }

    internal RestartStatistics RestartsOf(ActorCell child, TimeProvider time)
    {
        lock (_children)
        {
            _restarts ??= [];
            if (!_restarts.TryGetValue(child, out var statistics))
                _restarts[child] = statistics = new RestartStatistics(time);
            return statistics;
        }
    }
}
