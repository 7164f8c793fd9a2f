using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Conference.Media.Trunks;

/// <summary>The secrets this node has sent by. Counters begin anew with every key, and under one key they must not: an offer that is
/// opened a second time, by whatever mistake, would give away what was sent.</summary>
internal sealed class SpentSecrets
{
    /// <summary>Years of them: a peer makes a new one in an hour.</summary>
    private const int Most = 1 << 16;

    private readonly HashSet<UInt128> _spent = [];
    private readonly Queue<UInt128> _order = [];

    /// <summary>False for one that was there before.</summary>
    public bool TryAdd(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, hash);
        UInt128 name = BinaryPrimitives.ReadUInt128BigEndian(hash);
        if (!_spent.Add(name))
            return false;
        _order.Enqueue(name);
        if (_order.Count > Most)
            _spent.Remove(_order.Dequeue());
        return true;
    }
}
