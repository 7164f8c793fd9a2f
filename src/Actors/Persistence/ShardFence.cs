using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Persistence;

/// <summary>
/// "Only while this node owns the shard": a write with a fence commits only while the shard's row is at this epoch. Epochs
/// only grow, and grow with every change of owner, so that an epoch names one owner.
/// </summary>
public readonly record struct ShardFence(ShardId Shard, long Epoch);
