namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// Who owns a shard now: the one place where a region learns it, asked for every message, so that a shard may move without its
/// entities being spoken to differently.
/// </summary>
internal interface IShardOwnership
{
    ShardHome HomeOf(ShardId shard);
}
