using System.Net;
using System.Net.Sockets;
using Conference.Integration.Tests;
using Conference.Media.Forwarding;
using Conference.Media.Tests.Support;
using Conference.Media.Transport.Linux;

namespace Conference.Media.Tests.Transport;

/// <summary>What the plainest sender makes of the kernel's refusals. A socket of the Unix family stands in where UDP on loopback
/// never refuses: its queue is short.</summary>
public sealed class PlainSenderTests : IDisposable
{
    private readonly ReceiveSlab _slab = new();
    private readonly LoopCounters _counters = new();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"conference-{Guid.NewGuid():N}");
    private SendTally _tally;

    [Fact]
    public void A_full_socket_drops_at_once_and_says_so()
    {
        using Socket receiver = UnixReceiver();
        using Socket sender = UnixSender();
        Send(sender, count: 30, length: 100_000 / 30);
        Assert.InRange(_tally.Datagrams, 1, 29);
        Assert.Equal(30 - _tally.Datagrams, _tally.Dropped);
        Assert.Equal(_tally.Dropped, _counters.Drops[(int)DropReason.ReceiverFull]);
    }

    [Fact]
    public void A_refused_datagram_is_counted_and_does_not_cost_the_next_one()
    {
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        Send(sender, count: 5, length: 10);
        Assert.Equal((5, 50, 4), (_tally.Datagrams, _tally.Bytes, _tally.Dropped));
        Assert.Equal(4, _counters.Drops[(int)DropReason.ReceiverGone]);
    }

    [Fact]
    public void A_datagram_no_path_takes_is_too_large()
    {
        using var receiver = new UdpClientSocket("127.0.0.1");
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Connect(IPAddress.Loopback, 9);
        Send(sender, count: 1, length: 65508);
        Assert.Equal(1, _counters.Drops[(int)DropReason.TooLarge]);
    }

    [Fact]
    public void A_closed_ports_descriptor_refuses_and_nothing_breaks()
    {
        int tombstone = LinuxSockets.OpenTombstone();
        new PlainSender(_slab.Start).Send(tombstone, [new Datagram(0, 10)], _counters, ref _tally);
        Assert.Equal(1, _counters.Drops[(int)DropReason.SendFailed]);
        _ = LibC.Close(tombstone);
    }

    public void Dispose()
    {
        File.Delete(_path);
        _slab.Dispose();
    }

    private void Send(Socket socket, int count, int length)
    {
        var batch = new Datagram[count];
        batch.AsSpan().Fill(new Datagram(0, length));
        new PlainSender(_slab.Start).Send((int)socket.Handle, batch, _counters, ref _tally);
    }

    private Socket UnixReceiver()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_path));
        return socket;
    }

    private Socket UnixSender()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_path));
        return socket;
    }
}
