using System.Net;
using System.Net.Sockets;
using Conference.Actors.Cluster.Membership;

namespace Conference.Node.Cluster;

/// <summary>Looks whether anybody listens at a TCP port. Says nothing there, and goes at once.</summary>
internal static class PortProbe
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(0.5);

    /// <summary>Blocks for half a second at most.</summary>
    internal static ProbeAnswer Run(IPEndPoint link)
    {
        if (link.Port == 0 || link.Address.Equals(IPAddress.Any) || link.Address.Equals(IPAddress.IPv6Any))
            return ProbeAnswer.Unreachable;
        try
        {
            using var socket = new Socket(link.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            var error = Connect(socket, link);
            return error switch
            {
                SocketError.Success => ProbeAnswer.Listening,
                SocketError.ConnectionRefused => ProbeAnswer.Refused,
                _ => ProbeAnswer.Unreachable,
            };
        }
        catch (SocketException)
        {
            return ProbeAnswer.Unreachable;
        }
    }

    private static SocketError Connect(Socket socket, IPEndPoint link)
    {
        try
        {
            socket.Connect(link);
            return SocketError.Success;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return socket.Poll(_limit, SelectMode.SelectWrite)
                ? (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!
                : SocketError.TimedOut;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
