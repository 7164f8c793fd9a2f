using System.Text;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>Understands <see cref="ShardingEnvelope"/>, and spreads entities over shards by a hash that never changes.</summary>
public class HashCodeMessageExtractor : IMessageExtractor
{
    public const int DefaultShards = 256;

    private readonly int _shards;

    /// <param name="shards">How many shards there are. Fixed for the life of a cluster's data.</param>
    public HashCodeMessageExtractor(int shards = DefaultShards)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shards);
        _shards = shards;
    }

    public virtual string? EntityId(object message) => (message as ShardingEnvelope)?.EntityId;

    public virtual object EntityMessage(object message) => message is ShardingEnvelope envelope ? envelope.Message : message;

    public ShardId ShardId(string entityId) => new((int)(Hash(entityId) % (uint)_shards));

    /// <summary>
    /// FNV-1a, 32 bits, over UTF-8. Not string.GetHashCode, which differs in every process, while all nodes and all their
    /// versions must agree where an entity lives.
    /// </summary>
    internal static uint Hash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int onStack = 256;
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = length <= onStack ? stackalloc byte[onStack] : new byte[length];
        var hash = 2166136261u;
        foreach (var value in buffer[..Encoding.UTF8.GetBytes(text, buffer)])
            hash = (hash ^ value) * 16777619u;
        return hash;
    }
}
