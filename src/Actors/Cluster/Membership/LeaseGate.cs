using System.Collections.Immutable;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// Whether this node may act now: what the machine's outputs grant, asked from any thread without a lock. One writer, who applies every
/// output in order.
/// </summary>
public sealed class LeaseGate
{
    private volatile Grant _grant = new(default, null, ImmutableDictionary<ShardEpoch, TimeSpan>.Empty);
    private long _until;

    public ClusterView? View => _grant.View;

    /// <summary>By the machine's clock; zero when there is none.</summary>
    public TimeSpan Until => new(Volatile.Read(ref _until));

    /// <summary>To be called with every output of the machine; most are none of its business.</summary>
    public void Apply(MembershipOutput output)
    {
        switch (output)
        {
            case MembershipOutput.NewView view:
                var drains = _grant.Drains.RemoveRange(_grant.Drains.Keys.Where(d => view.View[d.Shard].Epoch != d.Epoch));
                _grant = new Grant(view.Self, view.View, drains);
                break;
            case MembershipOutput.LeaseUntil lease:
                Volatile.Write(ref _until, lease.Until.Ticks);
                break;
            case MembershipOutput.HandOff handOff:
                var key = new ShardEpoch(handOff.Shard, handOff.Epoch);
                _grant = _grant with { Drains = _grant.Drains.SetItem(key, handOff.Until) };
                break;
        }
    }

    public bool HoldsLease(TimeSpan now) => now < Until;

    /// <summary>Whether the entities of a shard may act at an epoch.</summary>
    public bool MayAct(ShardId shard, long epoch, TimeSpan now)
    {
        // The lease is read before the view: a lease is only good with the view that was published before it, or a newer one.
        var until = Until;
        var grant = _grant;
        if (now >= until || grant.View is not { } view)
            return false;
        var place = view[shard];
        return place.Owner == grant.Self && place.Epoch == epoch
            && (!place.IsDraining || (grant.Drains.TryGetValue(new ShardEpoch(shard, epoch), out var stop) && now < stop));
    }

    private sealed record Grant(NodeId Self, ClusterView? View, ImmutableDictionary<ShardEpoch, TimeSpan> Drains);
}
