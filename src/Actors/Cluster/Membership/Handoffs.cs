using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>The shards whose entities this node stops or has stopped. What is in here is never acted for again at its epoch.</summary>
internal sealed class Handoffs
{
    private readonly Dictionary<ShardEpoch, Handoff> _all = [];

    /// <param name="shard">Which.</param>
    /// <param name="until">How long it may be acted for; null while nobody has been named who may take it.</param>
    /// <returns>False when there is nothing new in it.</returns>
    internal bool Begin(ShardEpoch shard, TimeSpan? until)
    {
        if (!_all.TryGetValue(shard, out var handoff))
            _all[shard] = handoff = new Handoff();
        else if (handoff.Until is not null || until is null)
            return false;
        handoff.Until = until;
        return true;
    }

    internal void Stopped(ShardEpoch shard)
    {
        if (_all.TryGetValue(shard, out var handoff))
            handoff.HasStopped = true;
    }

    /// <summary>These were given to their targets, if the tables still let them be given.</summary>
    internal void Given(ImmutableArray<ShardEpoch> shards, TimeSpan now)
    {
        foreach (var shard in shards)
        {
            if (_all.TryGetValue(shard, out var handoff))
                handoff.GivenAt = now;
        }
    }

    /// <summary>Forgets those that are this node's no longer, by tables that were asked for at <paramref name="sent"/>.</summary>
    internal void Keep(MembershipTables tables, NodeId self, TimeSpan sent)
    {
        foreach (var (key, handoff) in _all)
        {
            var shard = tables.Shards[key.Shard.Value];
            if (shard.Owner != self || shard.Epoch != key.Epoch)
                _ = _all.Remove(key);
            else if (handoff.GivenAt < sent)
                handoff.GivenAt = null;
        }
    }

    /// <summary>What may be given to its target now.</summary>
    internal ImmutableArray<ShardEpoch> Ready(MembershipTables tables)
    {
        if (_all.Count == 0)
            return [];
        return
        [
            .. _all.Where(h => h.Value is { HasStopped: true, GivenAt: null } && tables.Shards[h.Key.Shard.Value].IsDraining)
                .Select(h => h.Key),
        ];
    }

    internal bool AreAllStopped => _all.Values.All(h => h.HasStopped);

    private sealed class Handoff
    {
        internal TimeSpan? Until { get; set; }

        internal bool HasStopped { get; set; }

        internal TimeSpan? GivenAt { get; set; }
    }
}
