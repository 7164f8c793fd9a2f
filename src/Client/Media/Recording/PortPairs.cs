using System.Net;
using System.Net.Sockets;

namespace Conference.Client.Media.Recording;

/// <summary>An even UDP port with the odd one after it free too, since ffmpeg binds both (RTP and RTCP).</summary>
internal static class PortPairs
{
    /// <summary>Free when this returns; whoever takes them next must cope with having lost the race.</summary>
    public static int[] Find(int count)
    {
        var held = new List<Socket>();
        try
        {
            var ports = new int[count];
            for (int i = 0; i < count; i++)
                ports[i] = Hold(held);
            return ports;
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
    }

    private static int Hold(List<Socket> held)
    {
        for (int attempt = 0; attempt < 200; attempt++)
        {
            var first = Bind(0);
            held.Add(first!);
            int port = ((IPEndPoint)first!.LocalEndPoint!).Port;
            if (port % 2 == 0 && port < 65535 && Bind(port + 1) is { } second)
            {
                held.Add(second);
                return port;
            }
        }

        throw new IOException("no free pair of UDP ports");
    }

    private static Socket? Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return socket;
        }
        catch (SocketException) when (port != 0)
        {
            socket.Dispose();
            return null;
        }
    }
}
