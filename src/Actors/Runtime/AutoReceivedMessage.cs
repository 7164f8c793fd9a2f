using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>A message the kernel itself understands. It keeps its place in the mailbox, but no bound ever drops it.</summary>
public abstract class AutoReceivedMessage
{
    internal abstract void Deliver(ActorCell cell);
}
