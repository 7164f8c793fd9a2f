using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Addresses;
using Akka.Actor;
using Akka.Cluster;

namespace Conference.Node.Akka;

/// <summary>What <c>conference_node</c> says of a node.</summary>
/// <param name="Incarnation">Which life.</param>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Name"><c>Node:Name</c></param>
/// <param name="State">How far it is.</param>
/// <param name="Silence">How long ago it refreshed its row, by the database's clock.</param>
internal sealed record NodeRow(NodeIncarnation Incarnation, NodeEndpoint Endpoint, string Name, NodeState State, TimeSpan Silence);

internal enum NodeState
{
    /// <summary>Tries to get into a cluster: nobody can join it.</summary>
    Joining,

    /// <summary>Is to be the first of a cluster.</summary>
    Founding,

    /// <summary>Is or was up.</summary>
    Up,
}

internal static class NodeStates
{
    public static string Text(this NodeState state) => state switch
    {
        NodeState.Joining => "joining",
        NodeState.Founding => "founding",
        _ => "up",
    };

    public static NodeState Parse(string text) => text switch
    {
        "joining" => NodeState.Joining,
        "founding" => NodeState.Founding,
        _ => NodeState.Up,
    };
}

/// <summary>
/// One life of one node, as the database knows it: <c>host:port#uid</c>. Every member's is known from gossip alone, and a node that starts again has
/// another, at the same address too.
/// </summary>
public readonly record struct NodeIncarnation(string Value)
{
    public static NodeIncarnation Of(UniqueAddress node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new NodeIncarnation(string.Create(CultureInfo.InvariantCulture, $"{EndpointOf(node.Address)}#{node.Uid}"));
    }

    public static NodeEndpoint EndpointOf(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new NodeEndpoint(address.Host, address.Port ?? 0);
    }

    public override string ToString() => Value;
}

/// <summary>Where a node is for the other nodes.</summary>
/// <param name="Host">An address, IPv6 in brackets, as it stands in Akka's addresses.</param>
/// <param name="Port">TCP; never 0.</param>
public sealed record NodeEndpoint(string Host, int Port)
{
    /// <param name="advertise"><c>Cluster:Advertise</c></param>
    /// <param name="listen">Where the node listens.</param>
    /// <param name="port"><c>Cluster:Port</c>; 0 takes one that is free now.</param>
    public static NodeEndpoint Of(IPAddress advertise, IPAddress listen, int port) => new(HostOf(advertise), port != 0 ? port : FreePort(listen));

    public static string HostOf(IPAddress address)
    {
        address = address.Plain();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static int FreePort(IPAddress listen)
    {
        using var socket = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(listen, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
