namespace Conference.Actors.Runtime.Execution;

internal sealed partial class ActorCell
{
    private DeathWatch? _deathWatch;

    public IActorRef Watch(IActorRef subject) => WatchCore(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WatchCore(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (subject != this && _deathWatch?.Remove(subject) == true)
            IInternalActorRef.Of(subject).SendSystem(new Unwatch(this));
        return subject;
    }

    internal void AddWatcher(IInternalActorRef watcher)
    {
        if (IsTerminated)
            watcher.SendSystem(new DeathWatchNotification(this, false));
        else
            (_deathWatch ??= new DeathWatch()).AddWatcher(watcher);
    }

    internal void RemoveWatcher(IInternalActorRef watcher) => _deathWatch?.RemoveWatcher(watcher);

    /// <summary>A child or a watched actor is gone.</summary>
    internal void OnDeath(IActorRef actor, bool existenceConfirmed)
    {
        if (actor is ActorCell child && child._parent == this)
            _children?.Remove(child);
        // By way of the mailbox, as Akka does it: behind what the dead one had sent before.
        if (_state < CellState.Terminating && _deathWatch?.MarkDead(actor) == true)
            Post(new DeathNotice(actor, existenceConfirmed), actor);
        ContinueAfterChildren();
    }

    /// <summary>The message to deliver for a death; null when the watch was taken back while the notice was queued.</summary>
    internal object? TakeDeathMessage(IActorRef actor, bool existenceConfirmed) =>
        _deathWatch?.TakeDead(actor, out var message) == true ? message ?? new Terminated(actor, existenceConfirmed) : null;

    private IActorRef WatchCore(IActorRef subject, object? message)
    {
        if (subject == this)
            return subject;
        var watchee = IInternalActorRef.Of(subject);
        if ((_deathWatch ??= new DeathWatch()).Add(subject, message))
            watchee.SendSystem(new Watch(this));
        return subject;
    }

    private void TellWatchersOfDeath()
    {
        var deathWatch = _deathWatch;
        _deathWatch = null;
        if (deathWatch is null)
            return;
        foreach (var watcher in deathWatch.Watchers)
            if (watcher != _parent)
                watcher.SendSystem(new DeathWatchNotification(this, true));
        foreach (var watched in deathWatch.Watching)
            IInternalActorRef.Of(watched).SendSystem(new Unwatch(this));
    }
}
