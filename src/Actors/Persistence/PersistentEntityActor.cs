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

    private readonly ShardTenure? _tenure;
    private Passivation _passivation;

    protected PersistentEntityActor()
    {
        _tenure = Cell.Props.Tenure;
        Command<Passivation.StopIfIdle>(_ => _passivation.StopOrStay(Context, IsIdle));
        Command<LingerOver>(_ => PassivateIfIdle());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>True while a new instance of this, recovered, would be just as good.</summary>
    protected abstract bool IsIdle { get; }

    /// <summary>At which its shard was when this entity was started. It grows with every change of owner; 0 in a cluster of one.</summary>
    protected long Epoch => _tenure?.Epoch ?? 0;

    protected override ShardFence? Fence => _tenure?.Fence;

    private protected override bool MayAnswer => _tenure is not { IsHeld: false };

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

    /// <summary>
    /// What the entity tells itself, and the end of what it watches, it may always hear: no answer follows, and what it writes then is
    /// fenced. For anything else its node must own the shard, and know that it does.
    /// </summary>
    private protected override bool MayHandle(object message)
    {
        if (MayAnswer || !IsCommand(message))
            return true;
        Reject(message, new JournalUnavailableException("this node does not know whether it owns the shard still: try again"));
        return false;
    }

    /// <summary>While the shard is this node's, as far as it knows, the asker is told. Once it is another's, that one may be asked.</summary>
    private protected override void Reject(object? message, JournalException cause)
    {
        if (cause is JournalFencedException)
            _tenure?.Doubt();
        if (message is not null && IsCommand(message) && _tenure is { } tenure && (cause is JournalFencedException || tenure.IsGone))
            Context.Parent.Tell(new Shard.Return(Self, message), Cell.SenderOrNone);
        else
            base.Reject(message, cause);
    }

    /// <summary>Whoever is this entity next may have what is left: by way of the shard, which knows whether that is here.</summary>
    internal override bool PassOn(object message, IActorRef? sender)
    {
        if (_tenure is null || !IsCommand(message, sender))
            return false;
        Context.Parent.Tell(new Shard.Return(Self, message), sender);
        return true;
    }

    private bool IsCommand(object message) => IsCommand(message, Cell.SenderOrNone);

    private bool IsCommand(object message, IActorRef? sender) =>
        message is not (Terminated or AutoReceivedMessage) && !Self.Equals(sender) && !IsStopMessage(message);

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
