using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime;

/// <summary>Stops the actor once everything sent before it has been handled.</summary>
public sealed class PoisonPill : AutoReceivedMessage
{
    private PoisonPill() { }

    public static PoisonPill Instance { get; } = new();

    internal override void Deliver(ActorCell cell) => cell.Terminate();
}
