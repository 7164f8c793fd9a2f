namespace Conference.Actors.Runtime;

/// <summary>What can start and stop actors: the system (top level) and an actor's context (children).</summary>
public interface IActorRefFactory
{
    /// <summary>Starts an actor and returns at once; it is constructed on its own turn, before its first message.</summary>
    /// <exception cref="InvalidActorNameException">The name is taken or not a path element.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Stops an actor after the message it is working on; its children first, what is left in its mailbox is dead letters.</summary>
    void Stop(IActorRef actor);
}
