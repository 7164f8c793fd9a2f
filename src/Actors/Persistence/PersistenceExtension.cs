using System.Runtime.CompilerServices;
using Conference.Actors.Runtime;

namespace Conference.Actors.Persistence;

/// <summary>What the persistent actors of a system share.</summary>
public sealed record PersistenceOptions
{
    public required IJournal Journal { get; init; }

    public required IPayloadSerializer Serializer { get; init; }

    /// <summary>Longest wait for one write, by the system's clock. Shorter than who asks is willing to wait for an answer.</summary>
    public TimeSpan WriteDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for a recovery.</summary>
    public TimeSpan RecoveryDeadline { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>An entity that could not recover because the store was away answers so at once this long, before it tries again.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for one whose journal is damaged or too new: no retry mends that.</summary>
    public TimeSpan RefuseFor { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>The journal of an actor system. To be configured before the first persistent actor starts.</summary>
public static class PersistenceExtension
{
    private static readonly ConditionalWeakTable<ActorSystem, PersistenceOptions> Systems = [];

    public static void Configure(ActorSystem system, PersistenceOptions options) => Systems.AddOrUpdate(system, options);

    /// <exception cref="InvalidOperationException">Nothing was configured.</exception>
    public static PersistenceOptions Get(ActorSystem system) =>
        Systems.TryGetValue(system, out var options)
            ? options
            : throw new InvalidOperationException($"Actor system '{system.Name}' has no journal: call PersistenceExtension.Configure first");
}
