using Conference.Media.Layers;
using Conference.Media.Streams;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// One browser's connection. What it sends is opened on <see cref="Home"/>, what it is sent is sealed on <see cref="Outlet"/>; its handshake has a thread
/// of its own. What all of them need is under <see cref="Gate"/>, which no packet of media takes.
/// </summary>
internal sealed unsafe class WebLink(WebId id, RoomId room, ulong ufrag, byte[] password, uint ssrc, LinuxMediaLoop home, LinuxMediaLoop outlet, WebUplink uplink)
    : IDisposable
{
    /// <summary>A browser tries each of its addresses; of more than this it forgets the oldest.</summary>
    private const int MostPaths = 8;

    private readonly List<WebPath> _paths = [];
    private readonly StunHistory _checks = new();
    private volatile WebPort[] _ports = [];
    private volatile WebPath? _path;
    private volatile WebAgreement? _agreement;
    private volatile SrtpReceiver? _receiver;
    private volatile SrtpSender? _sender;
    private long _lastHeard;
    private volatile int _state = (int)WebState.Connecting;

    public WebId Id => id;

    public RoomId Room => room;

    /// <summary>By which its checks name it.</summary>
    public ulong Ufrag => ufrag;

    /// <summary>This server's, in what it says to the browser itself; and the browser's, in what it says to the room.</summary>
    public uint Ssrc => ssrc;

    public LinuxMediaLoop Home => home;

    public LinuxMediaLoop Outlet => outlet;

    /// <summary>Which of the loops that is.</summary>
    public int OutletNumber { get; init; }

    public Lock Gate { get; } = new();

    /// <summary>Its ports, in no order. Replaced whole.</summary>
    public WebPort[] Ports => _ports;

    /// <summary>The way media takes; null before there is one.</summary>
    public WebPath? Path => _path;

    public WebAgreement? Agreement
    {
        get => _agreement;
        set => _agreement = value;
    }

    public WebState State => (WebState)_state;

    /// <summary>The home loop's own, once there are keys.</summary>
    public SrtpReceiver? Receiver => _receiver;

    /// <summary>The outlet's own.</summary>
    public SrtpSender? Sender => _sender;

    /// <summary>The home loop's own.</summary>
    public WebUplink Uplink { get; } = uplink;

    /// <summary>The outlet's own.</summary>
    public WebDownlink Downlink { get; } = new(uplink, ssrc);

    /// <summary>The home loop's own.</summary>
    public ReceiverPath ReceiverPath { get; } = new();

    /// <summary>By all its ports.</summary>
    public SentSoFar Sent
    {
        get
        {
            long datagrams = 0;
            long bytes = 0;
            foreach (WebPort port in _ports)
            {
                datagrams += port.Counters.DatagramsOut + Volatile.Read(ref port.Relayed.DatagramsOut);
                bytes += port.Counters.BytesOut + Volatile.Read(ref port.Relayed.BytesOut);
            }

            return new SentSoFar(datagrams, bytes);
        }
    }

    /// <summary>The handshake thread's own.</summary>
    public DtlsSession? Handshake { get; set; }

    /// <summary>When <see cref="Handshake"/> is not needed any more. The same thread's.</summary>
    public long HandshakeEnds { get; set; } = long.MaxValue;

    /// <summary>Under <see cref="Gate"/>.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Microseconds, see <see cref="Clock"/>: the last check, or the last authentic packet.</summary>
    public long LastHeard
    {
        get => Volatile.Read(ref _lastHeard);
        set => Volatile.Write(ref _lastHeard, value);
    }

    /// <summary>The port of a service, or null.</summary>
    public WebPort? PortOf(ServiceName service)
    {
        foreach (WebPort port in _ports)
        {
            if (port.Service.Name == service)
                return port;
        }

        return null;
    }

    /// <summary>Answers a check, and opens the way it came by where that is new.</summary>
    /// <param name="isAnswered">False for one that was not signed, and for one that has been seen and comes from elsewhere.</param>
    /// <param name="forgotten">A way that was taken out of use for it, and is to be ended; null for none.</param>
    /// <returns>The way, if it is new: its loop is to watch it. Null otherwise.</returns>
    public WebPath? Check(in StunRequest check, SocketName local, SocketName peer, long now, bool coalesce, out bool isAnswered, out WebPath? forgotten)
    {
        (isAnswered, forgotten) = (false, null);
        byte* answer = stackalloc byte[StunRequest.MaxAnswerBytes];
        lock (Gate)
        {
            int length = IsClosed ? 0 : check.Answer(password, peer.Address, (ushort)peer.Port, new Span<byte>(answer, StunRequest.MaxAnswerBytes));
            if (length == 0 || !_checks.TryTake(check.Transaction, peer.Address, (ushort)peer.Port))
                return null;
            WebPath? path = Find(peer);
            bool isNew = path is null;
            if (path is null)
            {
                int socket = local.Family == 0 ? -1 : LinuxSockets.OpenConnected(local, peer);
                if (socket < 0)
                    return null;
                if (coalesce)
                    GroReceiver.Enable(socket);
                path = new WebPath(this, socket, local, peer);
                if (_paths.Count == MostPaths)
                    forgotten = TakePath(_paths.FindIndex(p => p != _path));
                _paths.Add(path);
            }

            isAnswered = true;
            LastHeard = now;
            _ = LibC.SendTo(path.Socket, answer, (nuint)length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL, null, 0);
            if (check.IsNominating || _path is null)
                _path = path;
            return isNew ? path : null;
        }
    }

    /// <summary>Sends what the handshake has to say, as long as the way is open.</summary>
    public void Send(WebPath path, ReadOnlySpan<byte> datagram)
    {
        lock (Gate)
        {
            if (path.IsClosed)
                return;
            fixed (byte* bytes = datagram)
                _ = LibC.SendTo(path.Socket, bytes, (nuint)datagram.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL, null, 0);
        }
    }

    /// <summary>There are keys: from now on media flows.</summary>
    public void Connect(SrtpMaster receiving, SrtpMaster sending)
    {
        lock (Gate)
        {
            if (IsClosed)
                return;
            _receiver = new SrtpReceiver(receiving, SrtpCipher.Create);
            _sender = new SrtpSender(sending, SrtpCipher.Create);
            _state = (int)WebState.Connected;
            foreach (WebPort port in _ports)
                port.Connect();
        }
    }

    /// <summary>It will not come back; nothing is sent to it any more.</summary>
    public void Lose()
    {
        lock (Gate)
        {
            _state = (int)WebState.Lost;
            foreach (WebPort port in _ports)
                port.Handle = -1;
        }
    }

    public void Add(WebPort port)
    {
        lock (Gate)
        {
            _ports = [.. _ports, port];
            if (State == WebState.Connected)
                port.Connect();
        }
    }

    public void Remove(WebPort port)
    {
        lock (Gate)
        {
            _ports = [.. _ports.Where(p => p != port)];
            port.Handle = -1;
        }
    }

    /// <summary>Ends it; whoever calls ends the ways it had.</summary>
    public List<WebPath> Close()
    {
        lock (Gate)
        {
            IsClosed = true;
            List<WebPath> paths = [];
            while (_paths.Count > 0)
                paths.Add(TakePath(0));
            foreach (WebPort port in _ports)
                port.Handle = -1;
            return paths;
        }
    }

    /// <summary>On the outlet, when nothing comes any more.</summary>
    public void Dispose()
    {
        SrtpSender? sender = _sender;
        _sender = null;
        sender?.Dispose();
        _receiver?.Dispose();
    }

    private WebPath TakePath(int index)
    {
        WebPath path = _paths[index];
        _paths.RemoveAt(index);
        path.IsClosed = true;
        if (_path == path)
            _path = _paths.FirstOrDefault();
        return path;
    }

    private WebPath? Find(in SocketName peer)
    {
        fixed (SocketName* wanted = &peer)
        {
            foreach (WebPath path in _paths)
            {
                fixed (SocketName* known = &path.Peer)
                {
                    if (SocketName.Same(known, wanted))
                        return path;
                }
            }
        }

        return null;
    }
}
