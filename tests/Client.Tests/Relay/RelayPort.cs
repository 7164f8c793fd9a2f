using System.Net;
using System.Net.Sockets;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Client.Tests.Relay;

/// <summary>One CONN: a socket of its own, that sends to whoever sent to it first.</summary>
public sealed class RelayPort : IDisposable
{
    private readonly Socket _socket;
    private readonly Action<RelayPort, byte[]> _received;
    private volatile IPEndPoint? _peer;

    public RelayPort(IPAddress address, Service service, Name room, RelaySession owner, Action<RelayPort, byte[]> received)
    {
        (Service, Room, Owner, _received) = (service, room, owner, received);
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        _socket.Bind(new IPEndPoint(address, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _ = Task.Run(ReceiveAsync);
    }

    public Service Service { get; }

    public Name Room { get; }

    public RelaySession Owner { get; }

    public int Number { get; }

    public bool IsLatched => _peer is not null;

    public void Send(byte[] datagram)
    {
        try
        {
            if (_peer is { } peer)
                _socket.SendTo(datagram, peer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The member is gone.
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[65536];
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                var result = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any);
                _peer ??= (IPEndPoint)result.RemoteEndPoint;
                if (result.ReceivedBytes > 0)
                    _received(this, buffer[..result.ReceivedBytes]);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // A member's socket went away before its session.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
