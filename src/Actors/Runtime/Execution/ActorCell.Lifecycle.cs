namespace Conference.Actors.Runtime.Execution;

/// <summary>Birth, death and what lies between: creation, suspension, restart and stop.</summary>
internal sealed partial class ActorCell
{
    internal string Name => _name;

    internal void Create()
    {
        try
        {
            _actor = Construct();
            _actor.AroundPreStart();
            if (_state == CellState.Starting)
                _state = CellState.Running;
        }
        catch (Exception exception)
        {
            _actor = null;
            Fail(InitializationFailure(exception), null);
        }
    }

    internal void Suspend()
    {
        _suspensions++;
        foreach (var child in ChildCells())
            child.SendSystem(new Suspend());
    }

    internal void Resume()
    {
        _suspensions--;
        foreach (var child in ChildCells())
            child.SendSystem(new Resume());
    }

    /// <summary>
    /// The actor has failed: it and its children stand still until its parent decides. Each suspension is ended by exactly one
    /// <see cref="Execution.Resume"/> or <see cref="Execution.Recreate"/>, or by the stop.
    /// </summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="message">What it was thrown on, if a message.</param>
    /// <param name="escalatedFrom">The child whose failure this is: it has suspended itself already.</param>
    internal void Fail(Exception cause, object? message, ActorCell? escalatedFrom = null)
    {
        if (_state is CellState.Terminating or CellState.Terminated)
        {
            System.Log.FailedWhileStopping(Path, cause);
            return;
        }
        _suspensions++;
        foreach (var child in ChildCells())
            if (child != escalatedFrom)
                child.SendSystem(new Suspend());
        ReportFailure(cause, message);
    }

    internal void Supervise(Failed failure)
    {
        if (_state == CellState.Terminating || _children?.Contains(failure.Child) != true)
            return;
        var strategy = Props.SupervisorStrategy ?? _actor?.AroundSupervisorStrategy() ?? SupervisorStrategy.Default;
        var directive = strategy.Decide(failure.Cause);
        System.Log.ChildFailed(failure.Child.Path, directive, failure.Cause);
        switch (directive)
        {
            case Directive.Resume:
                failure.Child.SendSystem(new Resume());
                break;
            case Directive.Escalate:
                Fail(failure.Cause, null, failure.Child);
                break;
            default:
                strategy.Apply(directive, this, failure);
                break;
        }
    }

    internal void Recreate(Recreate request, object? failedMessage)
    {
        if (_state >= CellState.Terminating || Defer(request))
            return;
        try
        {
            if (_actor is not null)
                _actor.AroundPreRestart(request.Cause, failedMessage);
            else
                // Its constructor or PreStart failed, after it may have started children.
                Array.ForEach(ChildCells(), Stop);
        }
        catch (Exception exception)
        {
            System.Log.HookFailed(nameof(ActorBase) + ".PreRestart", Path, exception);
        }
        _behaviour = null;
        _extras?.Timers?.CancelAll();
        _extras?.ReceiveTimeout?.Cancel();
        _extras?.Stash?.UnstashAll();
        _state = CellState.Recreating;
        Extras.RecreateCause = request.Cause;
        ContinueAfterChildren();
    }

    internal void Terminate()
    {
        if (_state >= CellState.Terminating || Defer(new Terminate()))
            return;
        _state = CellState.Terminating;
        _suspensions++;
        _extras?.Timers?.CancelAll();
        _extras?.ReceiveTimeout?.Cancel();
        _children?.Close();
        foreach (var child in ChildCells())
            child.SendSystem(new Terminate());
        ContinueAfterChildren();
    }

    private void ContinueAfterChildren()
    {
        if (_state == CellState.Recreating && _children?.AnyStopping != true)
            FinishRecreate();
        else if (_state == CellState.Terminating && _children?.IsEmpty != false)
            FinishTerminate();
    }

    private void FinishRecreate()
    {
        var cause = Extras.RecreateCause!;
        Extras.RecreateCause = null;
        var startedBefore = _actor is not null;
        _state = CellState.Running;
        try
        {
            _actor = Construct();
            if (startedBefore)
                _actor.AroundPostRestart(cause);
            else
                _actor.AroundPreStart();
        }
        catch (Exception exception)
        {
            // Still suspended by the failure that led here: that suspension now stands for this one.
            _actor = null;
            ReportFailure(InitializationFailure(exception), null);
            return;
        }
        System.CountRestart();
        _suspensions--;
        // Children that PreRestart left alive have been standing still with their parent.
        foreach (var child in ChildCells())
            child.SendSystem(new Recreate(cause, null));
    }

    private void FinishTerminate()
    {
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception exception)
        {
            System.Log.HookFailed(nameof(ActorBase) + ".PostStop", Path, exception);
        }
        _extras?.Timers?.CancelAll();
        _extras?.ReceiveTimeout?.Cancel();
        _state = CellState.Terminated;
        // Before anybody hears of the stop, so that who waited for it finds all its dead letters counted.
        GiveUpMessages();
        _actor = null;
        _behaviour = null;
        _children = null;
        _extras = null;
        if (_parent is null)
        {
            System.OnGuardianStopped();
            return;
        }
        System.CountActor(Props.ActorType, -1);
        _parent.SendSystem(new DeathWatchNotification(this, true));
        TellWatchersOfDeath();
    }

    private void GiveUpMessages()
    {
        if (_extras?.Stash is { } stash)
        {
            stash.UnstashAll();
            while (stash.TryTakeUnstashed(out var message, out var sender))
                GiveUp(message, sender);
        }
        while (_mailbox.HasMessage && _mailbox.Take(out var message, out var sender) == Mailbox.Taken.Message)
            GiveUp(message, sender);
    }

    private void GiveUp(object message, IActorRef? sender)
    {
        if (_actor?.PassOn(message, sender) != true)
            DeadLetter(message, sender, DeadLetterReason.Stopped);
    }

    private ActorBase Construct()
    {
        var outer = t_constructing;
        t_constructing = this;
        try
        {
            var actor = Props.Factory();
            return actor.Cell == this
                ? actor
                : throw new InvalidOperationException($"The factory of {Props.ActorType.Name} must make a new actor each time");
        }
        finally
        {
            t_constructing = outer;
        }
    }

    private ActorInitializationException InitializationFailure(Exception cause) =>
        new($"{Path} could not be started: {cause.Message}", cause);

    private void ReportFailure(Exception cause, object? message)
    {
        if (_parent is not null)
            _parent.SendSystem(new Failed(this, cause, message));
        else
            Terminate();
    }
}
