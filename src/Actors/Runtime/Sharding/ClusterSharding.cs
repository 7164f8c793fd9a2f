using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Conference.Actors.Cluster;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>Starts entity types. One per system.</summary>
public sealed class ClusterSharding : IShardHost
{
    private static readonly ConditionalWeakTable<ActorSystem, ClusterSharding> Instances = [];

    private readonly ActorSystem _system;
    private readonly Dictionary<string, IActorRef> _regions = new(StringComparer.Ordinal);
    private readonly ShardingCounters _counters = new();
    private ImmutableArray<IActorRef> _sharded = [];
    private ICluster? _cluster;
    private volatile NodeLife _life = new();

    private ClusterSharding(ActorSystem system) => _system = system;

    public ShardingStatistics Statistics => _counters.Read(_sharded.Length * WaitingMessages.MostInAll);

    public static ClusterSharding Get(ActorSystem system) => Instances.GetValue(system, static system => new ClusterSharding(system));

    /// <summary>Entities that are started from now on with a region elsewhere live where the cluster says. Once, before the cluster's first view.</summary>
    public void Join(ICluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        if (Interlocked.CompareExchange(ref _cluster, cluster, null) is not null)
            throw new InvalidOperationException("This system has joined a cluster already");
        cluster.Attach(this);
        cluster.Subscribe(_ => TellRegions(Sharding.ShardRegion.ViewChanged.Instance));
    }

    /// <summary>Starts the region of an entity type whose entities all live on this node, or returns the one that was started under this name.</summary>
    /// <param name="typeName">Names the type in paths; the same on every node.</param>
    /// <param name="entityProps">Makes the entity of an id, whenever there is a message for it and it does not run.</param>
    /// <param name="extractor">Finds the entity of a message.</param>
    public IActorRef Start(string typeName, Func<string, Props> entityProps, IMessageExtractor extractor)
    {
        var life = new NodeLife();
        lock (_regions)
            return _regions.GetValueOrDefault(typeName) ?? StartRegion(
                typeName, new ShardRegionContext(entityProps, extractor, new SingleNodeCluster(), Nowhere, () => life, _counters));
    }

    /// <summary>The same for entities that live all over the cluster.</summary>
    /// <param name="typeName">See above.</param>
    /// <param name="entityProps">See above.</param>
    /// <param name="extractor">See above.</param>
    /// <param name="regionOf">The region of this type on another node.</param>
    /// <exception cref="InvalidOperationException">There is no cluster: <see cref="Join"/> comes first.</exception>
    public IActorRef Start(string typeName, Func<string, Props> entityProps, IMessageExtractor extractor, Func<NodeId, IActorRef> regionOf)
    {
        var cluster = _cluster ?? throw new InvalidOperationException("Join a cluster first");
        lock (_regions)
        {
            if (_regions.TryGetValue(typeName, out var known))
                return known;
            var region = StartRegion(typeName, new ShardRegionContext(entityProps, extractor, cluster, regionOf, () => _life, _counters));
            ImmutableInterlocked.Update(ref _sharded, (all, one) => all.Add(one), region);
            return region;
        }
    }

    /// <exception cref="ArgumentException">No such type was started.</exception>
    public IActorRef ShardRegion(string typeName)
    {
        lock (_regions)
            return _regions.GetValueOrDefault(typeName)
                ?? throw new ArgumentException($"No entity type '{typeName}' was started", nameof(typeName));
    }

    Task IShardHost.HandOffAsync(ShardId shard, long epoch) => Task.WhenAny(
        Task.WhenAll(_sharded.Select(region => region.Ask<Sharding.ShardRegion.HandedOff>(new Sharding.ShardRegion.HandOff(shard, epoch), Timeout.InfiniteTimeSpan))),
        _system.WhenTerminated);

    void IShardHost.Fenced()
    {
        // Before anything else: this alone stops all entities, whatever they are about to do.
        _life.End();
        _life = new NodeLife();
        if (_cluster is { } cluster)
            TellRegions(new Sharding.ShardRegion.LifeOver(cluster.Self, cluster.View));
    }

    private static IActorRef Nowhere(NodeId node) => throw new InvalidOperationException("These entities live on this node only");

    private void TellRegions(object message)
    {
        foreach (var region in _sharded)
            region.Tell(message, ActorRefs.NoSender);
    }

    private IActorRef StartRegion(string typeName, ShardRegionContext context) =>
        _regions[typeName] = _system.ActorOf(Props.Create(() => new Sharding.ShardRegion(context)), $"sharding-{typeName}");
}
