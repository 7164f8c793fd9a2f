namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// What actors say to each other below the mailbox: lifecycle, supervision, death watch. Never bounded, never overtaken by a user
/// message. An instance is its own queue node, so it is sent once.
/// </summary>
internal abstract class SystemMessage
{
    internal SystemMessage? Next;

    internal abstract void Process(ActorCell cell);
}

internal sealed class Create : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.Create();
}

internal sealed class Terminate : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.Terminate();
}

/// <summary>Ends one suspension by a new incarnation.</summary>
internal sealed class Recreate(Exception cause, object? failedMessage) : SystemMessage
{
    internal Exception Cause => cause;

    internal override void Process(ActorCell cell) => cell.Recreate(this, failedMessage);
}

internal sealed class Suspend : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.Suspend();
}

/// <summary>Ends one suspension, state kept.</summary>
internal sealed class Resume : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.Resume();
}

/// <summary>From a child that has suspended itself and waits for the directive.</summary>
internal sealed class Failed(ActorCell child, Exception cause, object? failedMessage) : SystemMessage
{
    internal ActorCell Child => child;

    internal Exception Cause => cause;

    internal object? Message => failedMessage;

    internal override void Process(ActorCell cell) => cell.Supervise(this);
}

internal sealed class Watch(IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watcher => watcher;

    internal override void Process(ActorCell cell) => cell.AddWatcher(watcher);
}

internal sealed class Unwatch(IInternalActorRef watcher) : SystemMessage
{
    internal IInternalActorRef Watcher => watcher;

    internal override void Process(ActorCell cell) => cell.RemoveWatcher(watcher);
}

/// <summary>To the parent, always, and to every watcher.</summary>
internal sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed) : SystemMessage
{
    internal IActorRef Actor => actor;

    internal bool ExistenceConfirmed => existenceConfirmed;

    internal override void Process(ActorCell cell) => cell.OnDeath(actor, existenceConfirmed);
}

/// <summary>What follows an await. Runs even in a stopped actor: whoever awaited may hold a lock or a resource of others.</summary>
internal sealed class Continuation(SendOrPostCallback callback, object? state) : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.RunContinuation(callback, state);
}

internal sealed class TaskEnded(Task task) : SystemMessage
{
    internal override void Process(ActorCell cell) => cell.OnTaskEnded(task);
}
