using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Persistence;

/// <summary>
/// What <see cref="EntityActor"/> is, persistent: lives under a shard, asks to be stopped whenever it has nothing to keep awake
/// for, and comes back from its journal with the next message. One that must stop because a write failed loses no message
/// either: its shard keeps what comes meanwhile for its next incarnation.
/// </summary>
public abstract class PersistentEntityActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>How long an entity stays awake with nothing to do: who was asked for is likely to be asked for again (a HELO, then a
    /// CONN), and each waking reads the journal. Short, since a client may ask for any number of names.</summary>
    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(2);

    private Passivation _passivation;

    protected PersistentEntityActor()
    {
        Command<Passivation.StopIfIdle>(_ => _passivation.StopOrStay(Context, IsIdle));
        Command<LingerOver>(_ => PassivateIfIdle());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>True while a new instance of this, recovered, would be just as good.</summary>
    protected abstract bool IsIdle { get; }

    /// <summary>
    /// As <c>Command</c>, and looks afterwards, once all that the command persisted is stored and handled, whether this entity
    /// is still needed.
    /// </summary>
    protected void On<T>(Action<T> handle) => Command<T>(message =>
    {
        handle(message);
        if (!IsPersisting)
            OnHandled();
    });

    private protected override void OnHandled()
    {
        if (!IsIdle || IsRecovering)
            return;
        if (!Timers.IsTimerActive(LingerOver.Instance))
            Timers.StartSingleTimer(LingerOver.Instance, LingerOver.Instance, _linger);
    }

    private void PassivateIfIdle()
    {
        if (IsIdle)
            _passivation.Ask(Context);
    }

    private protected override void StopRefusing() => Context.Parent.Tell(new Passivate(StopNow.Instance));

    /// <summary>While it refuses, a stop that was asked for before comes just as well.</summary>
    private protected override bool IsStopMessage(object message) => message is Passivation.StopIfIdle || base.IsStopMessage(message);

    private sealed record LingerOver
    {
        public static LingerOver Instance { get; } = new();
    }
}
