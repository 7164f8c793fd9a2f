using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

/// <summary>An actor whose parts a test fills in.</summary>
internal sealed class FunActor : UntypedActor, IWithStash, IWithTimers
{
    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    public Action<FunActor>? OnPreStart { get; init; }

    public Action? OnPostStop { get; init; }

    public Action<Exception, object?>? OnPreRestart { get; init; }

    public Action<Exception>? OnPostRestart { get; init; }

    public bool KeepsChildren { get; init; }

    public Action<FunActor, object>? OnMessage { get; init; }

    public SupervisorStrategy? Strategy { get; init; }

    public new IActorContext Context => base.Context;

    public new IActorRef Sender => base.Sender;

    public new IActorRef Self => base.Self;

    public new void Unhandled(object message) => base.Unhandled(message);

    public new void RunTask(Func<Task> action) => base.RunTask(action);

    protected override void OnReceive(object message) => OnMessage?.Invoke(this, message);

    protected override void PreStart() => OnPreStart?.Invoke(this);

    protected override void PostStop() => OnPostStop?.Invoke();

    protected override SupervisorStrategy SupervisorStrategy() => Strategy ?? base.SupervisorStrategy();

    protected override void PreRestart(Exception reason, object? message)
    {
        OnPreRestart?.Invoke(reason, message);
        if (!KeepsChildren)
            base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        OnPostRestart?.Invoke(reason);
        base.PostRestart(reason);
    }
}
