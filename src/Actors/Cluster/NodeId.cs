using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Cluster;
using MessagePack;

namespace Conference.Actors.Cluster;

/// <summary>
/// One life of one node. Made of what Akka tells lives apart by (address and uid), so that every node knows everybody's without being told.
/// </summary>
public readonly record struct NodeId(Guid Value)
{
    public static NodeId Of(UniqueAddress node)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{node.Address.Host}:{node.Address.Port}#{node.Uid}"));
        return new NodeId(new Guid(SHA256.HashData(text).AsSpan(0, 16)));
    }

    public override string ToString() => Value.ToString("N")[..12];
}

/// <summary>What a node says of itself to the others.</summary>
/// <param name="Id">Which life of it.</param>
/// <param name="Name"><c>Node:Name</c>; not unique.</param>
/// <param name="Host">Where clients reach it; what <c>114 moving</c> names.</param>
/// <param name="Number">Counted up over all lives of all nodes, from 1; 0 for a node alone.</param>
/// <param name="IsDraining">It lets no clients in.</param>
/// <param name="IsLeaving">It is about to leave the cluster, and gives up its shards.</param>
[MessagePackObject]
public sealed record NodeCard(
    [property: Key(0)] NodeId Id,
    [property: Key(1)] string Name,
    [property: Key(2)] string Host,
    [property: Key(3)] long Number,
    [property: Key(4)] bool IsDraining,
    [property: Key(5)] bool IsLeaving = false);
