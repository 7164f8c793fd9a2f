using System.Collections.Concurrent;

namespace Conference.Actors.Cluster;

/// <summary>
/// Which shards of one kind this node has, and since when; told by the <see cref="ShardKeeperActor"/> of each. Safe from any thread.
/// </summary>
/// <param name="extractor">Which entity is in which shard.</param>
/// <param name="isAlone">No other node could have had any of them before.</param>
/// <param name="time">Whose clock.</param>
public sealed class ShardTenures(EntityExtractor extractor, bool isAlone, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _interrupted = new(StringComparer.Ordinal);

    /// <summary>How many this node has.</summary>
    public int Owned => _since.Count;

    public void Began(string shard) => _since[shard] = time.GetTimestamp();

    public void Ended(string shard) => _since.TryRemove(shard, out _);

    /// <summary>An entity of this node ended while sessions or nodes relied on what it knew: they will tell its next instance, whenever that begins.</summary>
    public void Interrupted(string entityId) => _interrupted[entityId] = 0;

    /// <summary>Somebody may know an entity that begins now from before: its shard came to this node less than <paramref name="limit"/> ago, or it was
    /// interrupted here the last time. Asked once by each that begins.</summary>
    public bool MayBeRemembered(string entityId, TimeSpan limit)
    {
        if (_interrupted.TryRemove(entityId, out _))
            return true;
        return !isAlone && (!_since.TryGetValue(extractor.ShardId(entityId), out long since) || time.GetElapsedTime(since) < limit);
    }
}
