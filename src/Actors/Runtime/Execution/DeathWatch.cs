namespace Conference.Actors.Runtime.Execution;

/// <summary>Whom an actor watches, and who watches it.</summary>
internal sealed class DeathWatch
{
    /// <summary>With the message WatchWith asked for, or null for Terminated.</summary>
    private Dictionary<IActorRef, object?>? _watching;

    /// <summary>Dead, and the notice is in the mailbox. An Unwatch until it is delivered still counts.</summary>
    private Dictionary<IActorRef, object?>? _dead;

    private HashSet<IInternalActorRef>? _watchers;

    internal IEnumerable<IInternalActorRef> Watchers => _watchers ?? Enumerable.Empty<IInternalActorRef>();

    internal IEnumerable<IActorRef> Watching => _watching?.Keys ?? Enumerable.Empty<IActorRef>();

    /// <returns>False when it is watched already; the later message then counts.</returns>
    internal bool Add(IActorRef subject, object? message)
    {
        _watching ??= [];
        var isNew = !_watching.ContainsKey(subject);
        _watching[subject] = message;
        return isNew;
    }

    /// <returns>True when the subject still has to be told.</returns>
    internal bool Remove(IActorRef subject)
    {
        _dead?.Remove(subject);
        return _watching?.Remove(subject) == true;
    }

    internal bool MarkDead(IActorRef subject)
    {
        if (_watching is null || !_watching.Remove(subject, out var message))
            return false;
        (_dead ??= [])[subject] = message;
        return true;
    }

    internal bool TakeDead(IActorRef subject, out object? message)
    {
        message = null;
        return _dead is not null && _dead.Remove(subject, out message);
    }

    internal void AddWatcher(IInternalActorRef watcher) => (_watchers ??= []).Add(watcher);

    internal void RemoveWatcher(IInternalActorRef watcher) => _watchers?.Remove(watcher);
}
