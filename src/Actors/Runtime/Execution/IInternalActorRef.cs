namespace Conference.Actors.Runtime.Execution;

/// <summary>
/// What the kernel needs of every reference besides telling it something: the one interface references are cast to. A reference to an
/// actor on another node implements it by sending the system message there.
/// </summary>
internal interface IInternalActorRef : IActorRef
{
    ActorSystem System { get; }

    bool IsTerminated { get; }

    void SendSystem(SystemMessage message);

    static IInternalActorRef Of(IActorRef actor) => actor as IInternalActorRef
        ?? throw new ArgumentException($"{actor.Path} is no reference of an actor system", nameof(actor));
}
