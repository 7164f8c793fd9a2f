using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>The base of all actors. Everything below runs on the actor's own turn, one thing at a time.</summary>
public abstract class ActorBase
{
    private readonly ActorCell _cell;

    protected ActorBase()
    {
        _cell = ActorCell.Constructing
            ?? throw new ActorInitializationException($"{GetType().Name} must be started with ActorOf, not constructed");
        if (this is IWithStash stashing)
            stashing.Stash = _cell.GetStash();
        if (this is IWithTimers timing)
            timing.Timers = _cell.GetTimers();
    }

    internal ActorCell Cell => _cell;

    protected IActorContext Context => _cell;

    protected IActorRef Self => _cell;

    /// <summary>Who sent the current message. In a task that leaves the actor's turn, copy it first.</summary>
    protected IActorRef Sender => _cell.Sender;

    /// <summary>False for one that only passes on what others handle: its part in a trace is of no interest.</summary>
    internal virtual bool IsTraced => true;

    protected abstract bool Receive(object message);

    /// <summary>After construction, before the first message. What it throws is an <see cref="ActorInitializationException"/>.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>After the last message, children gone, before watchers are told. What it throws is logged, and stops nobody else's stop.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>On the old instance, before it is replaced. The default stops all children and calls <see cref="PostStop"/>.</summary>
    /// <param name="reason">What failed.</param>
    /// <param name="message">The message it failed on; null if there was none.</param>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
        PostStop();
    }

    /// <summary>On the new instance. The default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>How this actor's children are supervised, unless its <see cref="Props"/> say.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Runtime.SupervisorStrategy.Default;

    /// <summary>No behaviour took the message. The default counts it; an unhandled <see cref="Terminated"/> fails the actor.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        _cell.System.Unhandled(message, _cell);
    }

    protected void Become(Receive receive) => _cell.Become(receive);

    protected void BecomeStacked(Receive receive) => _cell.BecomeStacked(receive);

    protected void UnbecomeStacked() => _cell.UnbecomeStacked();

    /// <summary>
    /// Runs a task as part of the current message: no other user message is handled until it ends, what follows an await runs on the
    /// actor's turn with the same Sender, and its failure is the actor's. A stop or restart waits for it.
    /// </summary>
    protected void RunTask(Func<Task> action) => _cell.RunTask(static run => run(), action);

    // The kernel's door to the methods above: derived actors override them as protected, wherever they are.
    internal bool AroundReceive(object message) => Receive(message);

    internal void AroundUnhandled(object message) => Unhandled(message);

    internal virtual void AroundPreStart() => PreStart();

    internal void AroundPostStop() => PostStop();

    internal void AroundPreRestart(Exception reason, object? message) => PreRestart(reason, message);

    internal virtual void AroundPostRestart(Exception reason) => PostRestart(reason);

    internal SupervisorStrategy AroundSupervisorStrategy() => SupervisorStrategy();

    /// <summary>This actor has stopped, and never came to a message.</summary>
    /// <returns>False when nobody else can have it: a dead letter.</returns>
    internal virtual bool PassOn(object message, IActorRef? sender) => false;
}
