namespace Conference.Actors.Runtime.Sharding;

/// <summary>Addresses any message to an entity. The entity receives <paramref name="Message"/> alone.</summary>
public sealed record ShardingEnvelope(string EntityId, object Message);
