namespace Conference.Actors.Runtime;

/// <summary>A watched actor has stopped. Unhandled, it stops the watcher too (<see cref="DeathPactException"/>).</summary>
/// <param name="ActorRef">Who stopped.</param>
/// <param name="ExistenceConfirmed">False when it was already gone at the time of the watch.</param>
public sealed record Terminated(IActorRef ActorRef, bool ExistenceConfirmed);
