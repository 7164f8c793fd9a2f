using System.Collections.Concurrent;
using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Remoting;

/// <summary>
/// The actors and promises of this node that others were told of, by the numbers they know them by. A number is given out once in the
/// life of the process. An actor is here until it has ended, a promise until its ask has: by its deadline at the latest.
/// </summary>
/// <param name="ended">Is told of an actor's end, and which nodes watch it. Called on any thread.</param>
internal sealed class ActorExports(Action<ulong, IReadOnlyCollection<NodeId>> ended)
{
    /// <summary>Below are the numbers of <see cref="WellKnownActor"/>.</summary>
    private const ulong FirstId = 1024;

    private readonly ConcurrentDictionary<IInternalActorRef, Export> _byActor = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<ulong, Export> _byId = [];
    private ulong _nextId = FirstId;

    internal int Count => _byId.Count;

    internal ulong IdOf(IInternalActorRef actor) => _byActor.TryGetValue(actor, out var export) ? export.Id : Add(actor);

    /// <summary>Under a number every node knows. It is there for as long as the node is.</summary>
    internal void Register(WellKnownActor name, IInternalActorRef actor)
    {
        var export = new Export(this, (ulong)name, actor);
        if (!_byId.TryAdd(export.Id, export))
            throw new InvalidOperationException($"There is an actor called {name} already");
        _byActor[actor] = export;
    }

    internal IInternalActorRef? Find(ulong id) => _byId.GetValueOrDefault(id)?.Actor;

    /// <returns>False when there is no such actor (any more).</returns>
    internal bool AddWatcher(ulong id, NodeId node) => _byId.TryGetValue(id, out var export) && export.AddWatcher(node);

    internal void RemoveWatcher(ulong id, NodeId node)
    {
        if (_byId.TryGetValue(id, out var export))
            export.RemoveWatchers(watcher => watcher == node);
    }

    /// <summary>Nodes that are gone wait for nothing.</summary>
    internal void RemoveWatchers(Predicate<NodeId> gone)
    {
        foreach (var export in _byId.Values)
            export.RemoveWatchers(gone);
    }

    private ulong Add(IInternalActorRef actor)
    {
        var export = new Export(this, Interlocked.Increment(ref _nextId), actor);
        // By number first: who finds the number by the actor may send it at once.
        _byId[export.Id] = export;
        var present = _byActor.GetOrAdd(actor, export);
        if (present != export)
        {
            _byId.TryRemove(export.Id, out _);
            return present.Id;
        }
        export.FollowToItsEnd();
        return export.Id;
    }

    private void Remove(Export export)
    {
        _byActor.TryRemove(export.Actor, out _);
        _byId.TryRemove(export.Id, out _);
        var watchers = export.TakeWatchers();
        if (watchers.Count > 0)
            ended(export.Id, watchers);
    }

    /// <summary>One of them; and as such a watcher of the actor, in the name of all nodes that watch it.</summary>
    private sealed class Export(ActorExports owner, ulong id, IInternalActorRef actor) : IInternalActorRef
    {
        private readonly HashSet<NodeId> _watchers = new(0);
        private bool _hasEnded;

        internal ulong Id => id;

        internal IInternalActorRef Actor => actor;

        public ActorPath Path => actor.Path;

        public ActorSystem System => actor.System;

        public bool IsTerminated => false;

        public void Tell(object message, IActorRef? sender) => actor.Tell(message, sender);

        public void SendSystem(SystemMessage message)
        {
            if (message is DeathWatchNotification)
                owner.Remove(this);
        }

        internal void FollowToItsEnd()
        {
            if (actor is IPromiseRef promise)
                promise.Completion.GetAwaiter().UnsafeOnCompleted(() => owner.Remove(this));
            else
                actor.SendSystem(new Watch(this));
        }

        internal bool AddWatcher(NodeId node)
        {
            lock (_watchers)
            {
                if (_hasEnded || actor is IPromiseRef)
                    return false;
                _watchers.Add(node);
                return true;
            }
        }

        internal void RemoveWatchers(Predicate<NodeId> which)
        {
            lock (_watchers)
                _watchers.RemoveWhere(which);
        }

        internal IReadOnlyCollection<NodeId> TakeWatchers()
        {
            lock (_watchers)
            {
                _hasEnded = true;
                return [.. _watchers];
            }
        }
    }
}
