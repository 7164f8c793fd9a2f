using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conference.Node.Qcvc;

/// <summary>"Any free port" is chosen before anything is told of it: others are to be sent to it once the node is in its cluster.</summary>
internal sealed class PortInAdvance
{
    private readonly ConcurrentDictionary<int, Socket> _taken = [];

    /// <returns><paramref name="port"/>; for 0 one that is taken from now on, and listened on when Kestrel asks for it.</returns>
    /// <exception cref="SocketException">The address is not this machine's.</exception>
    public int Take(IPAddress address, int port)
    {
        if (port != 0)
            return port;
        bool isEvery = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(
            new IPEndPoint(isEvery ? Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any : address, 0));
        // One that is only bound shares its number with others that are (.NET sets SO_REUSEADDR), and the second to listen fails. Who knocks before Kestrel
        // listens waits for it.
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        _taken[port] = socket;
        return port;
    }

    /// <summary>What Kestrel is to listen on.</summary>
    public Socket Listen(EndPoint endPoint) =>
        endPoint is IPEndPoint { Port: var port } && _taken.TryRemove(port, out var socket) ? socket : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
}
