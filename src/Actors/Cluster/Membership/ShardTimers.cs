using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// How long shards have been in a state they should not stay in, by this node's clock: draining, or owned by nobody the node table knows.
/// A drain that is given another target is still the same drain: its epoch names it, and its owner counts from its beginning.
/// </summary>
internal sealed class ShardTimers(MembershipRules rules)
{
    private readonly Dictionary<ShardEpoch, TimeSpan> _draining = [];
    private readonly Dictionary<ShardEpoch, TimeSpan> _orphaned = [];
    private TimeSpan _lastAt = TimeSpan.MinValue;

    /// <summary>When the first of them is to be looked at again; null when there is none.</summary>
    internal TimeSpan? NextLimit
    {
        get
        {
            TimeSpan? next = null;
            foreach (var since in _draining.Values)
                next = Earlier(next, since + rules.DrainLimit);
            foreach (var since in _orphaned.Values)
                next = Earlier(next, since + rules.Ttl);
            return next;
        }
    }

    /// <summary>The tables are known to be these now.</summary>
    internal void Confirm(MembershipTables tables, TimeSpan now)
    {
        if (_lastAt != TimeSpan.MinValue && now - _lastAt > rules.ObservationGap)
            Discard();
        _lastAt = now;
        Keep(_draining, tables, now, static (shard, _) => shard.IsDraining);
        Keep(_orphaned, tables, now, static (shard, nodes) => shard.Owner is { } owner && !nodes.Any(n => n.Id == owner));
    }

    /// <summary>After a database error. Owners could not hand over anything meanwhile.</summary>
    internal void Discard()
    {
        _draining.Clear();
        _orphaned.Clear();
        _lastAt = TimeSpan.MinValue;
    }

    internal ImmutableArray<ShardEpoch> Overdue(TimeSpan now) => Past(_draining, now - rules.DrainLimit);

    internal ImmutableArray<ShardEpoch> Orphaned(TimeSpan now) => Past(_orphaned, now - rules.Ttl);

    private static ImmutableArray<ShardEpoch> Past(Dictionary<ShardEpoch, TimeSpan> timers, TimeSpan limit) =>
        timers.Count == 0 ? [] : [.. timers.Where(t => t.Value <= limit).Select(t => t.Key)];

    private static void Keep(
        Dictionary<ShardEpoch, TimeSpan> timers, MembershipTables tables, TimeSpan now,
        Func<ShardRow, ImmutableArray<NodeRow>, bool> applies)
    {
        foreach (var key in timers.Keys)
        {
            var shard = tables.Shards[key.Shard.Value];
            if (shard.Epoch != key.Epoch || !applies(shard, tables.Nodes))
                _ = timers.Remove(key);
        }

        foreach (var shard in tables.Shards)
        {
            if (applies(shard, tables.Nodes))
                _ = timers.TryAdd(new ShardEpoch(shard.Id, shard.Epoch), now);
        }
    }

    private static TimeSpan Earlier(TimeSpan? one, TimeSpan other) => one is { } value && value < other ? value : other;
}
