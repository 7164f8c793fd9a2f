using Conference.Actors.Cluster;
using Conference.Actors.Persistence;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// One shard while this node owns it, at one epoch: by what right its entities act. Asked at every message of theirs and before
/// every answer, on any thread.
/// </summary>
/// <param name="shard">Which.</param>
/// <param name="epoch">The epoch it was started under.</param>
/// <param name="cluster">Who knows of newer ones, and of the lease.</param>
/// <param name="life">Of this node.</param>
internal sealed class ShardTenure(ShardId shard, long epoch, ICluster cluster, NodeLife life)
{
    private volatile bool _isOver;

    internal ShardId Shard => shard;

    internal long Epoch => epoch;

    /// <summary>What a write under it must carry; null in a cluster of one, where nobody else could write.</summary>
    internal ShardFence? Fence => epoch == 0 ? null : new ShardFence(shard, epoch);

    /// <summary>Never again: it was ended, or the shard is at another epoch.</summary>
    internal bool IsOver => _isOver || life.IsOver || cluster.View.Shards.ItemRef(shard.Value).Epoch != epoch;

    /// <summary>Not over; and nobody else can own the shard yet, not even one that may take it from an owner that has drained it for too long.</summary>
    internal bool IsHeld => cluster.MayAct(shard, epoch) && !IsOver;

    /// <summary>Not held, and the node knows why: somebody else owns the shard, or is about to.</summary>
    internal bool IsGone => IsOver || (cluster.HoldsLease && !cluster.MayAct(shard, epoch));

    internal void End() => _isOver = true;

    /// <summary>A write was refused by its fence: there is a newer epoch, whatever the view says.</summary>
    internal void Doubt() => cluster.Refresh();
}

/// <summary>One life of this node, from its joining the cluster to its being fenced out of it.</summary>
internal sealed class NodeLife
{
    private volatile bool _isOver;

    internal bool IsOver => _isOver;

    internal void End() => _isOver = true;
}
