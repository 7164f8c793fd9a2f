using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Conference.Actors.Cluster;

/// <summary>
/// Which node a shard goes to: the one with the fewest, a few shards at a time. A node that is about to leave the cluster gives up its shards in the
/// same way before it goes: Akka would hand them over all at once, and none of them answers until the last has a new owner.
/// </summary>
/// <param name="nodes">Who leaves.</param>
/// <param name="atOnce">So many shards.</param>
/// <param name="fewest">Decides among the nodes that stay.</param>
public sealed class ShardPlacement(IClusterNodes nodes, int atOnce, IShardAllocationStrategy fewest) : IActorSystemDependentAllocationStrategy
{
    private static readonly Task<IImmutableSet<string>> _none = Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

    public static ShardPlacement Of(IClusterNodes nodes, int atOnce) =>
        new(nodes, atOnce, ShardAllocationStrategy.LeastShardAllocationStrategy(atOnce, relativeLimit: 1.0));

    public void Start(ActorSystem system) => (fewest as IActorSystemDependentAllocationStrategy)?.Start(system);

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var staying = Staying(currentShardAllocations);
        return fewest.AllocateShard(requester, shardId, staying.Count > 0 ? staying : currentShardAllocations);
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        if (rebalanceInProgress.Count > 0)
            return _none;
        var staying = Staying(currentShardAllocations);
        var left = currentShardAllocations.Where(r => !staying.ContainsKey(r.Key)).SelectMany(r => r.Value).Take(atOnce).ToImmutableHashSet();
        return left.Count > 0 && staying.Count > 0
            ? Task.FromResult<IImmutableSet<string>>(left)
            : fewest.Rebalance(staying.Count > 0 ? staying : currentShardAllocations, rebalanceInProgress);
    }

    /// <summary>The regions of nodes that stay.</summary>
    private IImmutableDictionary<IActorRef, IImmutableList<string>> Staying(IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        var leaving = nodes.All.Where(n => n.Card is { IsLeaving: true }).ToArray();
        return leaving.Length == 0 ? regions : regions.Where(r => !leaving.Any(n => IsOn(r.Key, n))).ToImmutableDictionary();

        bool IsOn(IActorRef region, ClusterNode node) => region.Path.Address.HasLocalScope ? node.Id == nodes.Self : node.Address == region.Path.Address;
    }
}
