using System.Net;
using System.Net.Sockets;

namespace Conference.Media.Tests.Support;

/// <summary>Finds numbers nobody on this machine uses, below the range the system gives to clients.</summary>
internal static class FreePorts
{
    private static int s_next = Random.Shared.Next(12_000, 28_000);

    public static (int First, int Last) Range(int count)
    {
        while (true)
        {
            int first = Interlocked.Add(ref s_next, count) - count;
            if (first + count > 32_000)
            {
                Interlocked.Exchange(ref s_next, 12_000);
                continue;
            }

            if (Enumerable.Range(first, count).All(IsFree))
                return (first, first + count - 1);
        }
    }

    private static bool IsFree(int number)
    {
        try
        {
            using var v4 = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            v4.Bind(new IPEndPoint(IPAddress.Any, number));
            using var v6 = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = false };
            v6.Bind(new IPEndPoint(IPAddress.IPv6Any, number));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
