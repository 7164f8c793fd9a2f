using System.Net;
using System.Net.Sockets;

namespace Conference.Integration.Tests;

/// <summary>
/// Ports nobody uses, below those the system gives to clients. A process of tests has a region of its own, so that one beside it never takes what this one has
/// found free and not yet opened.
/// </summary>
internal static class FreePorts
{
    private const int Lowest = 12_000, RegionSize = 2_500, Regions = 8;

    private static readonly Lock _gate = new();
    // Held as long as the process lives, at the first number of the region.
    private static readonly TcpListener _claim = Claim();
    private static int _next = First;

    private static int First => ((IPEndPoint)_claim.LocalEndpoint).Port + 1;

    private static int Last => First + RegionSize - 2;

    /// <summary>Numbers in a row, free for UDP and TCP at every address.</summary>
    public static (int First, int Last) Take(int count)
    {
        lock (_gate)
        {
            for (int tries = 0; tries < RegionSize; tries++)
            {
                if (_next + count - 1 > Last)
                    _next = First;
                int first = _next;
                _next += count;
                if (Enumerable.Range(first, count).All(IsFree))
                    return (first, first + count - 1);
            }
        }

        throw new InvalidOperationException($"no {count} free ports in a row between {First} and {Last}");
    }

    /// <summary>A single number.</summary>
    public static int Take() => Take(1).First;

    private static TcpListener Claim()
    {
        for (int region = 0; region < Regions; region++)
        {
            var listener = new TcpListener(IPAddress.Loopback, Lowest + (region * RegionSize)) { ExclusiveAddressUse = true };
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                listener.Dispose();
            }
        }

        throw new InvalidOperationException($"{Regions} processes of tests are running already");
    }

    private static bool IsFree(int port) =>
        Binds(AddressFamily.InterNetwork, SocketType.Dgram, port) && Binds(AddressFamily.InterNetworkV6, SocketType.Dgram, port) &&
        Binds(AddressFamily.InterNetwork, SocketType.Stream, port);

    private static bool Binds(AddressFamily family, SocketType type, int port)
    {
        using var socket = new Socket(family, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (family == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
