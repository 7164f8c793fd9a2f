namespace Conference.Actors.Runtime.Execution;

/// <summary>The parent of all top-level actors. It receives nothing.</summary>
internal sealed class Guardian : UntypedActor
{
    protected override void OnReceive(object message) => Unhandled(message);
}
