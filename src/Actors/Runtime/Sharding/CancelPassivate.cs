namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// From an entity to its parent, the shard: "what came before your stop message gave me something to keep; I stay".
/// Messages kept since its <see cref="Passivate"/> are delivered.
/// </summary>
public sealed record CancelPassivate
{
    public static CancelPassivate Instance { get; } = new();
}
