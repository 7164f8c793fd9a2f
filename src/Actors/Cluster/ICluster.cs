namespace Conference.Actors.Cluster;

/// <summary>The cluster as this node's actors see it: what the node must provide. Safe from any thread.</summary>
public interface ICluster
{
    NodeId Self { get; }

    /// <summary>The newest that is known. What it says of shards this node owns holds only while <see cref="HoldsLease"/>.</summary>
    ClusterView View { get; }

    /// <summary>
    /// False: another node may own by now what the view says is this one's, so no entity may act, nor answer. Cheap: asked at every
    /// message. By the monotonic clock, from before the beat was sent that granted it.
    /// </summary>
    bool HoldsLease { get; }

    /// <summary>
    /// Whether this node's entities of a shard may act and answer at an epoch now. What entities ask before each act: it is
    /// <see cref="HoldsLease"/>, the shard being this node's in the view, and not past the time at which a draining shard may be another's.
    /// </summary>
    bool MayAct(Runtime.Sharding.ShardId shard, long epoch) =>
        HoldsLease && View[shard] is { } place && place.Owner == Self && place.Epoch == epoch;

    /// <summary>Calls back with every newer view, one at a time and in order; with the current one at once. Must return quickly.</summary>
    IDisposable Subscribe(Action<ClusterView> changed);

    /// <summary>Somebody has spoken of a higher epoch than the view has: it is to be read again, soon.</summary>
    void Refresh();

    /// <summary>Who stops this node's entities when a shard is to be handed over. To be set once, before the first view arrives.</summary>
    void Attach(IShardHost host);
}

/// <summary>What the cluster asks of this node's actors.</summary>
public interface IShardHost
{
    /// <summary>
    /// Refuses what is new for the shard, finishes what is being done, stops its entities. The shard is given up by the node once this
    /// has completed, and must not act at this epoch again.
    /// </summary>
    Task HandOffAsync(Runtime.Sharding.ShardId shard, long epoch);

    /// <summary>This life of the node is over: all its entities stop at once, and write nothing. The node comes back under another id.</summary>
    void Fenced();
}
