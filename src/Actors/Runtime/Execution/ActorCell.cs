using Conference.Actors.Runtime.Tracing;

namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// One actor as the kernel sees it: its reference, its context and its turn, in one object because there are many of them. What not
/// every actor needs (children, watches, stash, timers) is allocated when first used.
/// </summary>
/// <remarks>All mutable state belongs to the owner of the mailbox, except <c>_queued</c> and what other threads read as volatile.</remarks>
internal sealed partial class ActorCell : IActorContext, IInternalActorRef, IThreadPoolWorkItem
{
    /// <summary>Messages per turn before other actors get the thread.</summary>
    private const int Throughput = 64;

    [ThreadStatic]
    private static ActorCell? t_constructing;

    private readonly ActorCell? _parent;
    private readonly string _name;

    /// <summary>0 for an unbounded mailbox.</summary>
    private readonly int _capacity;
    private Mailbox _mailbox;
    private ActorBase? _actor;
    private object? _message;
    private IActorRef? _sender;
    private BehaviourFrame? _behaviour;
    private CellExtras? _extras;
    private int _queued;
    private int _suspensions;
    private volatile CellState _state;

    internal ActorCell(ActorSystem system, ActorCell? parent, Props props, string name)
    {
        System = system;
        Props = props;
        _parent = parent;
        _name = name;
        _capacity = props.MailboxCapacity ?? 0;
        // The guardian's children are started from any thread; everybody else's on their own turn, when there is a first.
        if (parent is null)
            _children = new ChildrenContainer();
    }

    internal static ActorCell? Constructing => t_constructing;

    public ActorSystem System { get; }

    public Props Props { get; }

    public IActorRef Self => this;

    public IActorRef Sender => _sender ?? System.DeadLetters;

    public IActorRef Parent => _parent ?? ActorRefs.Nobody;

    /// <summary>Made anew each time: few actors' paths are ever looked at.</summary>
    public ActorPath Path => new(_parent?.Path, _name);

    public bool IsTerminated => _state == CellState.Terminated;

    internal IActorRef? SenderOrNone => _sender;

    internal object? CurrentMessage => _message;

    internal int QueuedMessages => _mailbox.CountQueued();

    /// <summary>From any thread: for statistics.</summary>
    internal int StashedMessages => Volatile.Read(ref _extras)?.Stash?.Held ?? 0;

    private CellExtras Extras => _extras ??= new CellExtras();

    public override string ToString() => Path.ToString();

    public void Tell(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_state == CellState.Terminated)
        {
            DeadLetter(message, sender, DeadLetterReason.Stopped);
            return;
        }
        if (_capacity != 0 && IsBounded(message) && Interlocked.Increment(ref _queued) > _capacity)
        {
            Interlocked.Decrement(ref _queued);
            DeadLetter(message, sender, DeadLetterReason.MailboxFull);
            return;
        }
        Post(message, sender);
    }

    /// <summary>Past the bound: for the kernel's own notices, which come with the actor's own timers and watches.</summary>
    internal void Post(object message, IActorRef? sender)
    {
        if (_mailbox.Post(message, sender))
            Schedule();
    }

    public void SendSystem(SystemMessage message)
    {
        if (_mailbox.PostSystem(message))
            Schedule();
    }

    void IThreadPoolWorkItem.Execute() => Worker.Execute(this);

    /// <summary>One turn. Returns how many messages it handled; never throws.</summary>
    internal int Run()
    {
        var handled = 0;
        while (true)
        {
            if (_mailbox.HasSystem)
                ProcessSystemMessages();
            if (_suspensions > 0 && !IsTerminated)
            {
                if (!_mailbox.Park())
                    continue;
                System.Activity?.Leave();
                return handled;
            }
            if (handled >= Throughput)
            {
                Worker.Enqueue(this);
                return handled;
            }
            if (_extras?.Stash is { } stash && stash.TryTakeUnstashed(out var message, out var sender))
            {
                handled++;
                Invoke(message, sender);
                continue;
            }
            switch (_mailbox.Take(out message, out sender))
            {
                case Mailbox.Taken.Message:
                    handled++;
                    if (_capacity != 0 && IsBounded(message))
                        Interlocked.Decrement(ref _queued);
                    Invoke(message, sender);
                    break;
                case Mailbox.Taken.Empty:
                    // Cleared here, not after each message: an idle actor must hold on to nothing.
                    EndMessage();
                    if (!_mailbox.TryRelease())
                        break;
                    System.Activity?.Leave();
                    return handled;
                case Mailbox.Taken.Unlinked:
                    Worker.Enqueue(this);
                    return handled;
            }
        }
    }

    internal void DeadLetter(object message, IActorRef? sender, DeadLetterReason reason) =>
        System.DeadLetter(message, sender, this, reason);

    /// <summary>To the behaviour, from the mailbox or from the kernel in place of one of its own notices.</summary>
    internal void Receive(object message)
    {
        _extras?.ReceiveTimeout?.Touch();
        var actor = _actor!;
        var handled = _behaviour is { } behaviour ? behaviour.Receive(message) : actor.AroundReceive(message);
        if (!handled)
            actor.AroundUnhandled(message);
    }

    private static bool IsBounded(object message) => message is not AutoReceivedMessage;

    private void Schedule()
    {
        System.Activity?.Enter();
        Worker.Schedule(this);
    }

    private void Invoke(object message, IActorRef? sender)
    {
        if (IsTerminated)
        {
            DeadLetter(message, sender, DeadLetterReason.Stopped);
            return;
        }
        _message = message;
        _sender = sender;
        if (ActorTracing.IsListenedTo)
            StartSpan(message, sender);
        try
        {
            if (message is AutoReceivedMessage auto)
                auto.Deliver(this);
            else
                Receive(message);
        }
        catch (Exception exception)
        {
            _extras?.Span?.Fail(exception);
            Fail(exception, message);
        }
        if (_extras?.Span is { } span)
            LeaveSpan(span);
    }

    private void EndMessage()
    {
        _message = null;
        _sender = null;
    }

    private void ProcessSystemMessages()
    {
        var message = _mailbox.TakeSystem();
        while (message is not null)
        {
            var next = message.Next;
            message.Next = null;
            try
            {
                message.Process(this);
            }
            catch (Exception exception)
            {
                Fail(exception, null);
            }
            message = next;
        }
    }
}
