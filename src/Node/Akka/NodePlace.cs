using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Conference.Node.Akka;

/// <summary>Where a node is for the other nodes.</summary>
/// <param name="Host">An address, IPv6 in brackets, as it stands in Akka's addresses.</param>
/// <param name="Port">TCP; never 0.</param>
public sealed record NodePlace(string Host, int Port)
{
    /// <param name="advertise"><c>Cluster:Advertise</c></param>
    /// <param name="listen">Where the node listens.</param>
    /// <param name="port"><c>Cluster:Port</c>; 0 takes one that is free now.</param>
    public static NodePlace Of(IPAddress advertise, IPAddress listen, int port) => new(HostOf(advertise), port != 0 ? port : FreePort(listen));

    public static string HostOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
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
