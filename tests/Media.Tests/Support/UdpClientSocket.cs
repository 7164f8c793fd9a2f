using System.Net;
using System.Net.Sockets;

namespace Conference.Media.Tests.Support;

/// <summary>A participant's UDP socket on a loopback address.</summary>
internal sealed class UdpClientSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];

    public UdpClientSocket(IPAddress address, int receiveBuffer = 4 << 20)
    {
        Address = address;
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = receiveBuffer };
        _socket.Bind(new IPEndPoint(address, 0));
    }

    public UdpClientSocket(string address)
        : this(IPAddress.Parse(address))
    {
    }

    public IPAddress Address { get; }

    public void Send(ReadOnlySpan<byte> datagram, int port, IPAddress? to = null) =>
        _socket.SendTo(datagram, SocketFlags.None, new IPEndPoint(to ?? Loopback, port));

    /// <summary>Sends datagrams of a size, the last perhaps shorter, as one, the way a client with segmentation offload does.</summary>
    public void SendSegments(ReadOnlySpan<byte> datagrams, int size, int port)
    {
        // SOL_UDP, UDP_SEGMENT.
        _socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(size));
        Send(datagrams, port);
        _socket.SetRawSocketOption(17, 103, BitConverter.GetBytes(0));
    }

    /// <summary>The next datagram; fails the test when none comes in time.</summary>
    public byte[] Receive()
    {
        Assert.True(_socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), $"nothing reached {_socket.LocalEndPoint}");
        return Take(out _);
    }

    /// <summary>The next datagram and where it came from.</summary>
    public byte[] Receive(out IPEndPoint from)
    {
        Assert.True(_socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), $"nothing reached {_socket.LocalEndPoint}");
        return Take(out from);
    }

    /// <summary>What has arrived by now. Loopback delivers before a send returns, so after a fence this is everything.</summary>
    public List<byte[]> Drain()
    {
        List<byte[]> all = [];
        while (_socket.Available > 0 || _socket.Poll(0, SelectMode.SelectRead))
            all.Add(Take(out _));
        return all;
    }

    public void Dispose() => _socket.Dispose();

    private IPAddress Loopback => Address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    private byte[] Take(out IPEndPoint from)
    {
        EndPoint source = new IPEndPoint(Address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        int length = _socket.ReceiveFrom(_buffer, ref source);
        from = (IPEndPoint)source;
        return _buffer[..length];
    }
}
