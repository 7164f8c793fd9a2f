namespace Conference.Actors.Runtime;

/// <summary>A snapshot of what an operator wants to know. Each figure is exact, but they are not all of the same instant.</summary>
/// <param name="LiveActors">Actors started and not yet stopped.</param>
/// <param name="ActorsByType">The same by <see cref="Props.ActorType"/>'s name; types without a live actor are left out.</param>
/// <param name="Restarts">New incarnations since the system started.</param>
/// <param name="Unhandled">Messages that no behaviour took, since the system started.</param>
/// <param name="DeadLetters">Since the system started.</param>
/// <param name="DeadLettersByReason">The same by reason.</param>
public sealed record ActorSystemStatistics(
    int LiveActors,
    IReadOnlyDictionary<string, int> ActorsByType,
    long Restarts,
    long Unhandled,
    long DeadLetters,
    IReadOnlyDictionary<DeadLetterReason, long> DeadLettersByReason);
