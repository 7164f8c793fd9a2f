namespace Conference.Actors.Runtime.Execution;

/// <summary>Whoever tells it something finds it among the dead letters.</summary>
internal sealed class DeadLetterRef(ActorSystem system) : IInternalActorRef
{
    public ActorPath Path { get; } = new(null, "deadLetters");

    public ActorSystem System => system;

    public bool IsTerminated => true;

    public void Tell(object message, IActorRef? sender) => system.DeadLetter(message, sender, this, DeadLetterReason.NoRecipient);

    public void SendSystem(SystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystem(new DeathWatchNotification(this, false));
    }
}
