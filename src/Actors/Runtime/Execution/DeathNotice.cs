namespace Conference.Actors.Runtime.Execution;

/// <summary>Stands in the mailbox for the Terminated (or the watcher's own message) that it becomes when its turn comes.</summary>
internal sealed class DeathNotice(IActorRef actor, bool existenceConfirmed) : AutoReceivedMessage
{
    internal override void Deliver(ActorCell cell)
    {
        if (cell.TakeDeathMessage(actor, existenceConfirmed) is { } message)
            cell.Receive(message);
    }
}
