using System.Net;
using System.Net.Sockets;
using Conference.Protocol;

namespace Conference.Client.Media;

/// <summary>What came from the server: one datagram, and when (<see cref="TimeProvider.GetTimestamp"/>).</summary>
public delegate void DatagramHandler(MediaPort port, ReadOnlySpan<byte> datagram, long timestamp);

/// <summary>
/// The client's side of one CONN: a UDP socket with the TCP connection's own local address, connected to the server's port. The server
/// knows where to send once a first datagram came, so an empty one goes out at once, each second until something comes back,
/// and every ten seconds in silence, for the sake of the NATs in between. Empty datagrams are forwarded to nobody. Where nothing comes although that
/// was done, what the server sees may not be where it looks for this client: then the token is shown, if there is one, less often each time.
/// </summary>
public sealed class MediaPort : IAsyncDisposable
{
    private static readonly TimeSpan _keepAlive = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _firstShown = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestUnshown = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly DatagramHandler _received;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _receiving;
    private readonly ITimer _latch;
    private long _lastSent;
    private long _lastHeard;
    private volatile byte[]? _token;

    // Silence after which the token is shown. The timer's own.
    private TimeSpan _shownAfter = _firstShown;
    private long _sendFailures;
    private volatile bool _heard;

    private MediaPort(Service service, Socket socket, DatagramHandler received, TimeProvider clock)
    {
        Service = service;
        _socket = socket;
        _received = received;
        _clock = clock;
        _lastHeard = clock.GetTimestamp();
        Send([]);
        _receiving = Task.Run(ReceiveAsync);
        _latch = clock.CreateTimer(_ => Latch(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public Service Service { get; }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>What moves the port, see <see cref="Connections.QcvcClient.RoamAsync"/>; null where nothing does.</summary>
    public byte[]? Token
    {
        set => _token = value;
    }

    /// <summary>Datagrams the system did not take.</summary>
    public long SendFailures => Interlocked.Read(ref _sendFailures);

    /// <exception cref="SocketException">No such local address, or no socket left.</exception>
    public static MediaPort Open(Service service, IPAddress local, IPEndPoint server, DatagramHandler received, TimeProvider clock) =>
        new(service, CreateSocket(local, server), received, clock);

    /// <summary>Bound, connected, non-blocking, with the largest receive buffer the system gives.</summary>
    public static Socket CreateSocket(IPAddress local, IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.ReceiveBufferSize = 4 << 20;
            socket.SendBufferSize = 1 << 20;
            socket.Blocking = false;
            socket.Bind(new IPEndPoint(local, 0));
            socket.Connect(server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Never waits: what the system does not take at once is lost, as it would be a hop later.</summary>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        Interlocked.Exchange(ref _lastSent, _clock.GetTimestamp());
        try
        {
            _socket.Send(datagram, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                Interlocked.Increment(ref _sendFailures);
        }
        catch (ObjectDisposedException)
        {
            // The call ended under the sender.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _latch.DisposeAsync();
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private void Latch()
    {
        var silence = _clock.GetElapsedTime(Interlocked.Read(ref _lastHeard));
        if (silence < _firstShown)
            _shownAfter = _firstShown;
        else if (_token is { } token && silence >= _shownAfter)
        {
            _shownAfter = silence * 2 < silence + _longestUnshown ? silence * 2 : silence + _longestUnshown;
            Send(token);
            return;
        }

        if (!_heard || _clock.GetElapsedTime(Interlocked.Read(ref _lastSent)) >= _keepAlive)
            Send([]);
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(65536, pinned: true);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                int length = await _socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _stop.Token);
                _heard = true;
                Interlocked.Exchange(ref _lastHeard, _clock.GetTimestamp());
                if (length > 0)
                    _received(this, buffer.AsSpan(0, length), _clock.GetTimestamp());
            }
            catch (SocketException)
            {
                // "Connection refused": the port is not there now. The next datagram may find it.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
