namespace Conference.Actors.Runtime.Sharding;

/// <summary>A cluster of one: this node owns everything.</summary>
internal sealed class LocalShardOwnership : IShardOwnership
{
    public ShardHome HomeOf(ShardId shard) => ShardHome.Local;
}
