using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Cluster;

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
