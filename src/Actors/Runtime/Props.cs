using System.Reflection;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Runtime;

/// <summary>How to make an actor. Immutable; one Props may start any number of actors.</summary>
public sealed record Props
{
    private Props(Type actorType, Func<ActorBase> factory)
    {
        ActorType = actorType;
        Factory = factory;
    }

    /// <summary>The type actors are counted under in <see cref="ActorSystemStatistics.ActorsByType"/>.</summary>
    public Type ActorType { get; }

    /// <summary>Most user messages the mailbox holds; null for no bound. What comes when it is full is a dead letter.</summary>
    public int? MailboxCapacity { get; private init; }

    public int StashCapacity { get; private init; } = 1000;

    /// <summary>Goes before the strategy the actor itself names.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private init; }

    internal Func<ActorBase> Factory { get; }

    /// <summary>Of the shard that starts this actor; null outside of shards.</summary>
    internal ShardTenure? Tenure { get; init; }

    /// <summary>Called for every incarnation: it must make a new instance each time.</summary>
    public static Props Create<T>(Func<T> factory) where T : ActorBase => new(typeof(T), factory);

    /// <summary>The constructor is looked up here, once, and not when an actor starts.</summary>
    public static Props Create<T>(params object?[] args) where T : ActorBase
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var constructor = typeof(T).GetConstructors(any).FirstOrDefault(c => Accepts(c.GetParameters(), args))
            ?? throw new ArgumentException($"{typeof(T).Name} has no constructor for these arguments", nameof(args));
        var invoker = ConstructorInvoker.Create(constructor);
        return new Props(typeof(T), () => (ActorBase)invoker.Invoke(args.AsSpan()));
    }

    public Props WithMailbox(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        return this with { MailboxCapacity = capacity };
    }

    public Props WithStash(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return this with { StashCapacity = capacity };
    }

    public Props WithSupervisorStrategy(SupervisorStrategy strategy) => this with { SupervisorStrategy = strategy };

    private static bool Accepts(ParameterInfo[] parameters, object?[] args) =>
        parameters.Length == args.Length && parameters.Zip(args).All(pair => pair.Second is { } value
            ? pair.First.ParameterType.IsInstanceOfType(value)
            : !pair.First.ParameterType.IsValueType || Nullable.GetUnderlyingType(pair.First.ParameterType) is not null);
}
