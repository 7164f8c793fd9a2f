namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// From an entity to its parent, the shard: "stop me with <paramref name="StopMessage"/>". What is sent to the entity from then on is
/// kept until it has stopped, and starts it again.
/// </summary>
public sealed record Passivate(object StopMessage);
