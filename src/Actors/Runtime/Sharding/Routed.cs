namespace Conference.Actors.Runtime.Sharding;

/// <summary>From a node's region to that of another, which its view of the cluster says owns the shard at this epoch.</summary>
internal sealed record Routed(ShardId Shard, long Epoch, string EntityId, object Message);

/// <summary>The answer to a <see cref="Routed"/> question that this node cannot pass on. Its sender is the promise whose question it was.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Epoch">The newest that is known here.</param>
internal sealed record WrongOwner(ShardId Shard, long Epoch);
