using System.Buffers.Binary;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// Rendezvous hashing: of all nodes, each shard belongs to the one whose hash with it is the highest. A node that comes takes only what is
/// its own from then on, and one that goes is missed only by its own shards. Every version of this program must hash alike.
/// </summary>
internal readonly struct Rendezvous
{
    private readonly NodeId[] _nodes;
    private readonly ulong[] _seeds;

    internal Rendezvous(IEnumerable<NodeId> nodes)
    {
        _nodes = [.. nodes];
        _seeds = Array.ConvertAll(_nodes, Seed);
    }

    internal bool IsEmpty => _nodes.Length == 0;

    internal NodeId HomeOf(ShardId shard)
    {
        var salt = Mix((ulong)shard.Value + 1);
        var best = 0;
        var highest = Mix(_seeds[0] ^ salt);
        for (var i = 1; i < _seeds.Length; i++)
        {
            var hash = Mix(_seeds[i] ^ salt);
            if (hash > highest || (hash == highest && _nodes[i] > _nodes[best]))
                (best, highest) = (i, hash);
        }

        return _nodes[best];
    }

    private static ulong Seed(NodeId node)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = node.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Mix(Mix(BinaryPrimitives.ReadUInt64BigEndian(bytes)) ^ BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    /// <summary>The finalizer of SplitMix64: every bit of what comes in moves half of the bits that come out.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
