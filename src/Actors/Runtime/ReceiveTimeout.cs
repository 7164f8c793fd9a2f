namespace Conference.Actors.Runtime;

/// <summary>Nothing was received for as long as <see cref="IActorContext.SetReceiveTimeout"/> said.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout() { }

    public static ReceiveTimeout Instance { get; } = new();
}
