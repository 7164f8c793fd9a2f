using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;
using Microsoft.Extensions.Logging;

namespace Conference.Actors.Persistence;

/// <summary>
/// An actor whose state is its events: a command is decided, its events are stored, and only then their handlers change the
/// state and answer. Started, it takes its newest snapshot and the events after it; commands wait meanwhile, as they wait
/// while a write is out, in their order.
/// </summary>
/// <remarks>
/// As Akka's, with three differences. All that one handler persists is one write, stored as a whole or not at all. A write
/// that failed answers the command with <see cref="Status.Failure"/>. An actor that cannot recover answers every command so,
/// for a while, before it stops.
/// </remarks>
public abstract partial class ReceivePersistentActor : ActorBase
{
    private readonly Behaviour _recover = new();
    private readonly Behaviour _command = new();
    private readonly PersistenceOptions _options;
    private readonly ILogger _log;
    private Behaviour? _declaring;

    protected ReceivePersistentActor()
    {
        _options = PersistenceExtension.Get(Context.System);
        _log = Context.System.LoggerFactory.CreateLogger<ReceivePersistentActor>();
        _declaring = _command;
    }

    /// <summary>Whose events these are; the same for every incarnation.</summary>
    public abstract PersistenceId PersistenceId { get; }

    /// <summary>Of the event that was handled or recovered last; 0 when there is none.</summary>
    public long LastSequenceNr { get; private set; }

    /// <summary>True until <see cref="RecoveryCompleted"/> is handled.</summary>
    public bool IsRecovering { get; private set; } = true;

    /// <summary>What must hold for a write of this actor to commit; null where nobody else could own it.</summary>
    protected virtual ShardFence? Fence => null;

    private Behaviour Declaring =>
        _declaring ?? throw new InvalidOperationException("Commands are declared in the constructor or inside Become");

    protected sealed override bool Receive(object message)
    {
        _declaring = null;
        return !MayHandle(message) || _command.Handle(Cell, message);
    }

    /// <summary>How an event (or a <see cref="SnapshotOffer"/>, or <see cref="RecoveryCompleted"/>) changes the state at recovery.</summary>
    protected void Recover<T>(Action<T> handler) => _recover.Add(ActionHandler<T>.Instance, handler);

    protected void RecoverAny(Action<object> handler) => Recover(handler);

    /// <summary>As <c>Receive</c> of an ordinary actor.</summary>
    protected void Command<T>(Action<T> handler) => Declaring.Add(ActionHandler<T>.Instance, handler);

    protected void Command<T>(Func<T, bool> handler) => Declaring.Add(FuncHandler<T>.Instance, handler);

    protected void CommandAny(Action<object> handler) => Command(handler);

    /// <summary>What it persists is stored once its task has ended.</summary>
    protected void CommandAsync<T>(Func<T, Task> handler) => Declaring.Add(AsyncHandler<T>.Instance, (T message) => InTask(() => handler(message)));

    /// <summary>Replaces the commands with those that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => Become(Declare(configure));

    /// <summary>Puts commands on top of the current ones; <see cref="ActorBase.UnbecomeStacked"/> goes back.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(Declare(configure));

    /// <summary>False when this actor has no right to act on a message (any more), and has seen to it.</summary>
    private protected virtual bool MayHandle(object message) => true;

    /// <summary>False when what was stored must not be answered: by now, somebody else may know more.</summary>
    private protected virtual bool MayAnswer => true;

    /// <summary>After a command and all it persisted were handled.</summary>
    private protected virtual void OnHandled()
    {
    }

    protected override void Unhandled(object message)
    {
        if (message is not (SaveSnapshotSuccess or SaveSnapshotFailure or DeleteSnapshotsSuccess or DeleteSnapshotsFailure))
            base.Unhandled(message);
    }

    private Receive Declare(Action configure)
    {
        var declared = Behaviour.Declare(ref _declaring, Cell, configure);
        return message => !MayHandle(message) || declared(message);
    }
}
