using System.Runtime.CompilerServices;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>Starts entity types. One per system.</summary>
public sealed class ClusterSharding
{
    /// <summary>Messages a shard keeps for one entity while it passivates.</summary>
    private const int BufferCapacity = 1000;

    private static readonly ConditionalWeakTable<ActorSystem, ClusterSharding> Instances = [];

    private readonly ActorSystem _system;
    private readonly Dictionary<string, IActorRef> _regions = new(StringComparer.Ordinal);

    private ClusterSharding(ActorSystem system) => _system = system;

    public static ClusterSharding Get(ActorSystem system) => Instances.GetValue(system, static system => new ClusterSharding(system));

    /// <summary>Starts the region of an entity type, or returns the one that was started under this name.</summary>
    /// <param name="typeName">Names the type in paths; the same on every node.</param>
    /// <param name="entityProps">Makes the entity of an id, whenever there is a message for it and it does not run.</param>
    /// <param name="extractor">Finds the entity of a message.</param>
    public IActorRef Start(string typeName, Func<string, Props> entityProps, IMessageExtractor extractor) =>
        Start(typeName, entityProps, extractor, new LocalShardOwnership());

    /// <exception cref="ArgumentException">No such type was started.</exception>
    public IActorRef ShardRegion(string typeName)
    {
        lock (_regions)
            return _regions.GetValueOrDefault(typeName)
                ?? throw new ArgumentException($"No entity type '{typeName}' was started", nameof(typeName));
    }

    internal IActorRef Start(
        string typeName, Func<string, Props> entityProps, IMessageExtractor extractor, IShardOwnership ownership)
    {
        lock (_regions)
        {
            if (!_regions.TryGetValue(typeName, out var region))
            {
                region = _system.ActorOf(
                    Props.Create(() => new ShardRegion(entityProps, extractor, ownership, BufferCapacity)), $"sharding-{typeName}");
                _regions[typeName] = region;
            }
            return region;
        }
    }
}
