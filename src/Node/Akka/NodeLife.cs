using System.Globalization;
using Akka.Actor;
using Akka.Cluster;

namespace Conference.Node.Akka;

/// <summary>
/// One life of one node, as the database knows it: <c>host:port#uid</c>. Every member's is known from gossip alone, and a node that starts again has
/// another, at the same address too.
/// </summary>
public readonly record struct NodeLife(string Value)
{
    public static NodeLife Of(UniqueAddress node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new NodeLife(string.Create(CultureInfo.InvariantCulture, $"{PlaceOf(node.Address)}#{node.Uid}"));
    }

    public static NodePlace PlaceOf(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new NodePlace(address.Host, address.Port ?? 0);
    }

    public override string ToString() => Value;
}
