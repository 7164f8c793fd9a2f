using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Conference.Actors.Runtime.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Actors.Runtime;

/// <summary>A tree of actors that start and stop together.</summary>
public sealed class ActorSystem : IActorRefFactory
{
    private readonly ActorCell _guardian;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Type, StrongBox<int>> _actors = new();
    private readonly long[] _deadLetters = new long[Enum.GetValues<DeadLetterReason>().Length];
    private long _restarts;
    private long _unhandled;

    private ActorSystem(string name, ActorSystemOptions options)
    {
        Name = name;
        TimeProvider = options.TimeProvider;
        LoggerFactory = options.LoggerFactory ?? NullLoggerFactory.Instance;
        Log = new ActorLog(LoggerFactory.CreateLogger<ActorSystem>());
        Activity = options.Activity;
        Scheduler = new Scheduler(this);
        DeadLetters = new DeadLetterRef(this);
        _guardian = new ActorCell(this, null, Props.Create(() => new Guardian()), "user");
        _guardian.SendSystem(new Create());
    }

    public string Name { get; }

    public TimeProvider TimeProvider { get; }

    public ILoggerFactory LoggerFactory { get; }

    public Scheduler Scheduler { get; }

    public EventStream EventStream { get; } = new();

    /// <summary>Where messages end that nobody receives. What is told to it is counted and published.</summary>
    public IActorRef DeadLetters { get; }

    public long DeadLetterCount => Enum.GetValues<DeadLetterReason>().Sum(DeadLetterCountOf);

    /// <summary>Completes when all actors have stopped.</summary>
    public Task WhenTerminated => _terminated.Task;

    public ActorSystemStatistics Statistics
    {
        get
        {
            var byType = _actors.Where(entry => entry.Value.Value != 0)
                .GroupBy(entry => entry.Key.Name)
                .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value.Value));
            var byReason = Enum.GetValues<DeadLetterReason>().ToDictionary(reason => reason, DeadLetterCountOf);
            return new ActorSystemStatistics(byType.Values.Sum(), byType,
                Interlocked.Read(ref _restarts), Interlocked.Read(ref _unhandled), byReason.Values.Sum(), byReason);
        }
    }

    internal ActorLog Log { get; }

    internal ActivityCounter? Activity { get; }

    public static ActorSystem Create(string name, ActorSystemOptions? options = null)
    {
        ActorPath.Validate(name);
        return new ActorSystem(name, options ?? new ActorSystemOptions());
    }

    public IActorRef ActorOf(Props props, string? name = null) => _guardian.ActorOf(props, name);

    public void Stop(IActorRef actor) => IInternalActorRef.Of(actor).SendSystem(new Terminate());

    /// <summary>Stops all actors, children before parents, and completes when the last has stopped.</summary>
    public Task TerminateAsync()
    {
        _guardian.SendSystem(new Terminate());
        return WhenTerminated;
    }

    public long DeadLetterCountOf(DeadLetterReason reason) => Interlocked.Read(ref _deadLetters[(int)reason]);

    public MailboxStatistics MeasureMailboxes()
    {
        long queued = 0;
        var deepest = 0;
        ActorCell? deepestActor = null;
        var byType = new Dictionary<Type, MailboxDepth>();
        var toVisit = new Stack<ActorCell>([_guardian]);
        while (toVisit.TryPop(out var cell))
        {
            var depth = cell.QueuedMessages;
            queued += depth;
            ref var ofType = ref CollectionsMarshal.GetValueRefOrAddDefault(byType, cell.Props.ActorType, out _);
            ofType = new MailboxDepth(ofType.Queued + depth, ofType.Stashed + cell.StashedMessages, Math.Max(ofType.Deepest, depth));
            if (depth > deepest)
                (deepest, deepestActor) = (depth, cell);
            foreach (var child in cell.ChildCells())
                toVisit.Push(child);
        }
        return new MailboxStatistics(queued, deepest, deepestActor?.Path, byType.GroupBy(t => t.Key.Name).ToDictionary(
            g => g.Key, g => new MailboxDepth(g.Sum(t => t.Value.Queued), g.Sum(t => t.Value.Stashed), g.Max(t => t.Value.Deepest))));
    }

    internal ITimer CreateTimer(TimerCallback callback, object state, TimeSpan due, TimeSpan period)
    {
        // A timer must not carry the context of whoever happened to start it (a request's activity, say) through its life.
        if (ExecutionContext.IsFlowSuppressed())
            return TimeProvider.CreateTimer(callback, state, due, period);
        using (ExecutionContext.SuppressFlow())
            return TimeProvider.CreateTimer(callback, state, due, period);
    }

    internal void CountActor(Type type, int change) =>
        Interlocked.Add(ref _actors.GetOrAdd(type, static _ => new StrongBox<int>()).Value, change);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void Unhandled(object message, ActorCell actor)
    {
        Interlocked.Increment(ref _unhandled);
        if (Log.IsDebug)
            Log.Unhandled(actor.Path, message.GetType().Name);
    }

    internal void DeadLetter(object message, IActorRef? sender, IActorRef recipient, DeadLetterReason reason)
    {
        // The kernel's own notices, and a poison pill for who is dead already, are no loss.
        if (message is AutoReceivedMessage)
            return;
        Interlocked.Increment(ref _deadLetters[(int)reason]);
        if (Log.IsDebug)
            Log.DeadLetter(reason, message.GetType().Name, recipient.Path);
        // A dead letter that dies on its way to a subscriber is not published again: that would never end.
        if (EventStream.HasSubscribers && message is not Runtime.DeadLetter)
            EventStream.Publish(new DeadLetter(message, sender, recipient, reason));
    }

    internal void OnGuardianStopped() => _terminated.TrySetResult();
}
