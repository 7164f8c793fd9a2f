namespace Conference.Actors.Runtime.Sharding;

/// <summary>To a region: which entities run on this node? -> <see cref="CurrentShardRegionState"/></summary>
public sealed record GetShardRegionState
{
    public static GetShardRegionState Instance { get; } = new();
}

/// <summary>A region's shards on this node, as they were when each was asked.</summary>
public sealed record CurrentShardRegionState(IReadOnlyCollection<ShardState> Shards);

/// <summary>One shard and the ids of its entities that run.</summary>
public sealed record ShardState(ShardId Id, IReadOnlyCollection<string> EntityIds);
