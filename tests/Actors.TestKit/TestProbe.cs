using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.TestKit;

/// <summary>
/// The test's own place among the actors: give out <see cref="Ref"/>, then expect what comes. All waits block on a queue up to a
/// deadline in real time; the virtual clock does not touch them.
/// </summary>
public sealed class TestProbe
{
    private readonly TestKit _kit;
    private readonly ProbeRef _ref;

    internal TestProbe(TestKit kit, string name)
    {
        _kit = kit;
        _ref = new ProbeRef(kit.Sys, name);
    }

    public IActorRef Ref => _ref;

    /// <summary>Who sent the message that was expected last; the dead letters if nobody.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    public void Send(IActorRef actor, object message)
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.Tell(message, _ref);
    }

    public void Reply(object message) => LastSender.Tell(message, _ref);

    /// <summary>From now on this probe gets one <see cref="Terminated"/> when the actor stops.</summary>
    public void Watch(IActorRef actor) => IInternalActorRef.Of(actor).SendSystem(new Watch(_ref));

    public void Unwatch(IActorRef actor) => IInternalActorRef.Of(actor).SendSystem(new Unwatch(_ref));

    /// <summary>The next message, which must be a <typeparamref name="T"/>.</summary>
    public T ExpectMsg<T>(TimeSpan? timeout = null) => ExpectMsg<T>(_ => true, timeout);

    /// <summary>The next message, which must be a <typeparamref name="T"/> that fulfils the predicate.</summary>
    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(isMessage);
        return ReceiveOne(timeout) switch
        {
            T message when isMessage(message) => message,
            T message => throw new TestKitException($"Got {message}, which is a {typeof(T).Name} but not the expected one"),
            null => throw new TestKitException($"Expected a {typeof(T).Name}, got nothing within {timeout ?? _kit.Patience}"),
            var other => throw new TestKitException($"Expected a {typeof(T).Name}, got {other}"),
        };
    }

    /// <summary>The next message, which must equal <paramref name="expected"/>.</summary>
    public T ExpectMsg<T>(T expected, TimeSpan? timeout = null) where T : notnull
    {
        var message = ExpectMsg<T>(timeout);
        return message.Equals(expected) ? message : throw new TestKitException($"Expected {expected}, got {message}");
    }

    public Terminated ExpectTerminated(IActorRef actor, TimeSpan? timeout = null) =>
        ExpectMsg<Terminated>(message => message.ActorRef.Equals(actor), timeout);

    /// <summary>Waits until no actor has anything left to do; then nothing must have come.</summary>
    public void ExpectNoMsg()
    {
        _kit.AwaitIdle();
        if (_ref.Received.TryTake(out var entry))
            throw new TestKitException($"Expected nothing, got {entry.Message}");
    }

    /// <summary>Passes over messages until one is a <typeparamref name="T"/> that fulfils the predicate.</summary>
    public T FishForMessage<T>(Predicate<T>? isMessage = null, TimeSpan? timeout = null)
    {
        var deadline = Environment.TickCount64 + (long)(timeout ?? _kit.Patience).TotalMilliseconds;
        while (ReceiveOne(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))) is { } message)
            if (message is T fish && isMessage?.Invoke(fish) != false)
                return fish;
        throw new TestKitException($"Fished for a {typeof(T).Name} in vain");
    }

    public IReadOnlyList<object> ReceiveN(int count, TimeSpan? timeout = null)
    {
        var messages = new List<object>(count);
        while (messages.Count < count)
            messages.Add(ReceiveOne(timeout)
                ?? throw new TestKitException($"Expected {count} messages, got {messages.Count}"));
        return messages;
    }

    /// <summary>The next message, or null when none comes in time.</summary>
    public object? ReceiveOne(TimeSpan? timeout = null)
    {
        if (!_ref.Received.TryTake(out var entry, timeout ?? _kit.Patience))
            return null;
        LastSender = entry.Sender ?? _kit.Sys.DeadLetters;
        return entry.Message;
    }
}
