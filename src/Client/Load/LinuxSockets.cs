using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Conference.Client.Load;

/// <summary>What Linux's UDP sockets can do beyond System.Net.Sockets (udp(7), socket(7)).</summary>
internal static class LinuxSockets
{
    private const int SolSocket = 1;
    private const int SolUdp = 17;
    private const int UdpSegment = 103;
    private const int UdpGro = 104;
    private const int SoMemInfo = 55;

    /// <summary>SK_MEMINFO_DROPS in linux/sock_diag.h.</summary>
    private const int DropsIndex = 8;

    /// <summary>Every send is cut into datagrams of this size by the kernel.</summary>
    public static void SegmentSends(Socket socket, int size) => socket.SetRawSocketOption(SolUdp, UdpSegment, MemoryMarshal.AsBytes<int>([size]));

    /// <summary>A receive may bring several datagrams of one size at once.</summary>
    public static void CoalesceReceives(Socket socket) => socket.SetRawSocketOption(SolUdp, UdpGro, MemoryMarshal.AsBytes<int>([1]));

    /// <summary>Datagrams the kernel dropped since the socket opened because its buffer was full; 0 where it cannot be told.</summary>
    public static long DropsOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        Span<uint> info = stackalloc uint[DropsIndex + 1];
        try
        {
            int length = socket.GetRawSocketOption(SolSocket, SoMemInfo, MemoryMarshal.AsBytes(info));
            return length >= 4 * (DropsIndex + 1) ? info[DropsIndex] : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
