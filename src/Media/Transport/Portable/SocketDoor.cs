using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Conference.Media.Transport.Portable;

/// <summary>A port number's one socket, for one address family, and the task that reads it.</summary>
internal sealed class SocketDoor : IDisposable
{
    // Windows reports an earlier datagram's ICMP to the next receive unless told not to; nobody there wants to know.
    private const int SioUdpConnReset = -1744830452;
    private const int BufferBytes = 4 << 20;

    private SocketDoor(Socket socket, int number) => (Socket, Number) = (socket, number);

    public Socket Socket { get; }

    public int Number { get; }

    /// <summary>At most one CONN per address.</summary>
    public Dictionary<AddressKey, SocketPort> Conns { get; } = [];

    /// <summary>Clients that came here by a token, by where they send from.</summary>
    public Dictionary<SocketAddress, SocketPort> Roamed { get; } = [];

    /// <summary>Ports of the other family whose clients may come in here.</summary>
    public int Visitors { get; set; }

    public bool IsEmpty => Conns.Count == 0 && Visitors == 0;

    /// <exception cref="SocketException">The system refuses.</exception>
    public static SocketDoor Open(IPAddress address, int number) => new(OpenSocket(address, number), number);

    /// <exception cref="SocketException">The system refuses.</exception>
    public static Socket OpenSocket(IPAddress address, int number)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            if (OperatingSystem.IsWindows())
            {
                socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
                socket.ExclusiveAddressUse = true;
            }

            socket.ReceiveBufferSize = BufferBytes;
            socket.SendBufferSize = BufferBytes;
            socket.Blocking = false;
            socket.Bind(new IPEndPoint(address, number));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // sockaddr_in has its address at 4, sockaddr_in6 at 8, on every system .NET runs on.
    public static AddressKey KeyOf(SocketAddress from) => from.Family == AddressFamily.InterNetwork
        ? AddressKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(from.Buffer.Span[4..]))
        : AddressKey.FromV6(from.Buffer.Span.Slice(8, 16));

    public void Dispose() => Socket.Dispose();
}
