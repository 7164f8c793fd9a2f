using System.Net;
using System.Net.Sockets;

namespace Conference.Integration.Tests;

/// <summary>Ports nobody uses; UDP ranges are given out once in this process's life.</summary>
internal static class FreePorts
{
    private static readonly Lock _gate = new();
    private static int _next = 20_000 + (Environment.ProcessId % 40 * 250);

    public static (int First, int Last) Take(int count)
    {
        lock (_gate)
        {
            for (int tries = 0; tries < 1000; tries++)
            {
                int first = _next;
                _next = _next + count > 32_000 ? 20_000 : _next + count;
                if (first + count < 32_768 && Enumerable.Range(first, count).All(IsFree))
                    return (first, first + count - 1);
            }
        }

        throw new InvalidOperationException("no free range of UDP ports");
    }

    /// <summary>A TCP port of loopback.</summary>
    public static int TakeTcp()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
