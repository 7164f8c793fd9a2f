namespace Conference.Actors.Runtime.Execution;

/// <summary>Brings what follows an await back to the actor's turn.</summary>
internal sealed class ActorSynchronizationContext(ActorCell cell) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => cell.SendSystem(new Continuation(d, state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nobody may block on an actor's turn");

    public override SynchronizationContext CreateCopy() => this;
}
