namespace Conference.Actors.Runtime;

/// <summary>The address of an actor, and the only way to speak to it. Safe to use from any thread and to keep in messages.</summary>
public interface IActorRef
{
    ActorPath Path { get; }

    /// <summary>Puts <paramref name="message"/> into the actor's mailbox and returns at once. At most once, in order per sender.</summary>
    void Tell(object message, IActorRef? sender);
}
