namespace Conference.Actors.Runtime.Execution;

internal sealed class NobodyRef : IActorRef
{
    public ActorPath Path { get; } = new(null, "nobody");

    public void Tell(object message, IActorRef? sender)
    {
    }
}
