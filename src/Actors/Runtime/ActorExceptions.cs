namespace Conference.Actors.Runtime;

/// <summary>An actor's constructor, PreStart or PostRestart threw. Stops the actor by default.</summary>
public sealed class ActorInitializationException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The actor received <see cref="Kill"/>.</summary>
public sealed class ActorKilledException(string message) : Exception(message);

/// <summary>An actor watched another and did not handle its <see cref="Terminated"/>.</summary>
public sealed class DeathPactException(IActorRef dead) : Exception($"{dead.Path} stopped, and its watcher does not handle Terminated")
{
    public IActorRef DeadActor { get; } = dead;
}

/// <summary>No reply came within the deadline of an ask.</summary>
public sealed class AskTimeoutException(string message) : TimeoutException(message);

/// <summary>The name is taken among the siblings, or is not a path element.</summary>
public sealed class InvalidActorNameException(string message) : Exception(message);
