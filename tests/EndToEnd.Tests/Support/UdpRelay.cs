using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>A bad network between a browser and a node, on loopback: it loses datagrams both ways, the same share with the same seed, and takes only so much down.</summary>
public sealed class UdpRelay : IDisposable
{
    /// <summary>What would wait longer is dropped, as a router's queue does.</summary>
    private static readonly TimeSpan _longestQueue = TimeSpan.FromMilliseconds(300);

    private readonly IPEndPoint _node;
    private readonly double _loss;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly Socket _front = NewSocket();
    private readonly Dictionary<EndPoint, Socket> _backs = [];
    private readonly Channel<(byte[] Datagram, EndPoint To, TimeSpan Due)> _queue = Channel.CreateUnbounded<(byte[], EndPoint, TimeSpan)>();
    private readonly CancellationTokenSource _over = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _busyUntil;

    /// <param name="node">Where it goes what browsers send: a node, and its port for them.</param>
    /// <param name="loss">0 to 1.</param>
    public UdpRelay(IPEndPoint node, double loss = 0, int seed = 1)
    {
        (_node, _loss, _random) = (node, loss, new Random(seed));
        _ = UpAsync();
        _ = SendAsync();
    }

    /// <summary>Where browsers send to.</summary>
    public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

    /// <summary>To browsers, kbit/s; 0 for no limit.</summary>
    public volatile int KilobitsDown;

    public void Dispose()
    {
        _over.Cancel();
        _front.Dispose();
        lock (_gate)
        {
            foreach (Socket back in _backs.Values)
                back.Dispose();
        }
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task UpAsync()
    {
        var buffer = new byte[65536];
        while (await ReceiveAsync(_front, buffer) is { } received)
        {
            if (!IsLost())
                await BackOf(received.RemoteEndPoint).SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), _node);
        }
    }

    private async Task DownAsync(Socket back, EndPoint browser)
    {
        var buffer = new byte[65536];
        while (await ReceiveAsync(back, buffer) is { } received)
        {
            if (IsLost())
                continue;
            lock (_gate)
            {
                TimeSpan now = _clock.Elapsed;
                TimeSpan due = _busyUntil > now ? _busyUntil : now;
                int limit = KilobitsDown;
                if (limit > 0)
                    due += TimeSpan.FromMilliseconds(received.ReceivedBytes * 8.0 / limit);
                if (due - now > _longestQueue)
                    continue;
                _busyUntil = due;
                _queue.Writer.TryWrite((buffer[..received.ReceivedBytes], browser, due));
            }
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var (datagram, to, due) in _queue.Reader.ReadAllAsync(_over.Token))
            {
                if (due - _clock.Elapsed is { Ticks: > 0 } wait)
                    await Task.Delay(wait, _over.Token);
                await _front.SendToAsync(datagram, to);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private Socket BackOf(EndPoint browser)
    {
        lock (_gate)
        {
            if (_backs.TryGetValue(browser, out Socket? back))
                return back;
            _backs.Add(browser, back = NewSocket());
            _ = DownAsync(back, browser);
            return back;
        }
    }

    private bool IsLost()
    {
        lock (_gate)
            return _random.NextDouble() < _loss;
    }

    private async Task<SocketReceiveFromResult?> ReceiveAsync(Socket socket, byte[] buffer)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                return await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _over.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                // A tab that has closed says so by ICMP.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return null;
            }
        }

        return null;
    }
}
