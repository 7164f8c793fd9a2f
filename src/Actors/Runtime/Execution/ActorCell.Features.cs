namespace Conference.Actors.Runtime.Execution;

/// <summary>Become, stash, timers and the receive timeout.</summary>
internal sealed partial class ActorCell
{
    public TimeSpan? ReceiveTimeout => _extras?.ReceiveTimeout?.Timeout;

    public void Become(Receive receive) => _behaviour = new BehaviourFrame(receive, _behaviour?.Below);

    public void BecomeStacked(Receive receive) => _behaviour = new BehaviourFrame(receive, _behaviour);

    public void UnbecomeStacked() => _behaviour = _behaviour?.Below;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout is null && _extras?.ReceiveTimeout is null)
            return;
        (Extras.ReceiveTimeout ??= new ReceiveTimeoutTimer(this)).Set(timeout);
    }

    /// <summary>One per cell: the stash outlives a restart.</summary>
    internal ActorStash GetStash() => Extras.Stash ??= new ActorStash(this);

    internal TimerScheduler GetTimers() => Extras.Timers ??= new TimerScheduler(this);
}
