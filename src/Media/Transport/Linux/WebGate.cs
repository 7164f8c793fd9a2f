using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>All browsers of a node: their doors, their connections, their handshakes.</summary>
internal sealed class WebGate : IWebTransport, IDisposable
{
    // ice-char, but for the two that are no letters or digits.
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int UfragLetters = 8;
    private const int PasswordLetters = 24;
    private const int MostPorts = 8;
    private const int MostTries = 20;

    private readonly ConcurrentDictionary<ulong, WebLink> _byUfrag = new();
    private readonly Dictionary<WebId, WebLink> _links = [];
    private readonly List<WebDoor> _doors = [];
    private readonly LoopCounters _tcpCounters = new();
    private WebTcpDoor? _tcp;
    private readonly LinuxMediaLoop[] _loops;
    private readonly DtlsContext _context;
    private readonly WebPortTable _ports;
    private readonly TimeProvider _time;
    private readonly double _microsPerTick;
    private readonly bool _coalesce;
    private readonly Action<LinuxMediaLoop, int> _bury;

    /// <param name="loops">Rooms live on them.</param>
    /// <param name="context">Its own from now on.</param>
    /// <param name="ports">Where loops find the ports of browsers.</param>
    /// <param name="coalesce">Ask the kernel for coalesced buffers.</param>
    /// <param name="bury">Ends the socket under a descriptor and leaves the descriptor to its loop.</param>
    public WebGate(
        LinuxMediaLoop[] loops, DtlsContext context, WebPortTable ports, TimeProvider time, ChannelWriter<MediaEvent> events, bool coalesce,
        Action<LinuxMediaLoop, int> bury)
    {
        (_loops, _context, _ports, _time, _coalesce, _bury) = (loops, context, ports, time, coalesce, bury);
        _microsPerTick = 1e6 / time.TimestampFrequency;
        Handshakes = new HandshakeThread(context, events, () => Now);
    }

    public HandshakeThread Handshakes { get; }

    public CertificateFingerprint Fingerprint => _context.Fingerprint;

    public int Number { get; private set; }

    public IReadOnlyList<WebDoor> Doors => _doors;

    private long Now => (long)(_time.GetTimestamp() * _microsPerTick);

    /// <summary>Opens the number, on each address family that is listened on, and by TCP.</summary>
    /// <exception cref="Win32Exception">It is somebody else's.</exception>
    public void Listen(IPAddress configured, WebOptions options)
    {
        // A number that is free for one of the sockets may be taken for another.
        for (int tries = options.Port == 0 ? MostTries : 1; ; tries--)
        {
            try
            {
                Open(configured, options);
                return;
            }
            catch (Win32Exception) when (tries > 1)
            {
                CloseDoors();
            }
        }
    }

    /// <summary>Of what comes by TCP.</summary>
    public LoopCounters TcpCounters => _tcpCounters;

    public void Start()
    {
        Handshakes.Start();
        _tcp?.Start();
    }

    public WebOpening.Opened Open(WebId id, RoomId room, int home, int outlet)
    {
        string ufrag = RandomNumberGenerator.GetString(Letters, UfragLetters);
        string password = RandomNumberGenerator.GetString(Letters, PasswordLetters);
        uint ssrc = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        var link = new WebLink(id, room, KeyOf(Encoding.ASCII.GetBytes(ufrag)), Encoding.ASCII.GetBytes(password), ssrc, _loops[home], _loops[outlet], new WebUplink())
        {
            OutletNumber = outlet,
        };
        if (!_byUfrag.TryAdd(link.Ufrag, link))
            return Open(id, room, home, outlet);
        _links.Add(id, link);
        return new WebOpening.Opened(id, ufrag, password);
    }

    public void Agree(WebId web, WebAgreement agreement)
    {
        if (!_links.TryGetValue(web, out WebLink? link))
            return;
        bool isFirst = link.Agreement is null;
        link.Agreement = link.Agreement is { } first ? agreement with { Fingerprints = first.Fingerprints } : agreement;
        if (isFirst)
            Handshakes.Expect(link);
    }

    public WebState? StateOf(WebId web) => _links.TryGetValue(web, out WebLink? link) ? link.State : null;

    public IEnumerable<(WebSeating Seat, ClientPort? Port)> SeatsOf(WebId web)
    {
        if (!_links.TryGetValue(web, out WebLink? link))
            return [];
        WebPort[] open = link.Ports;
        return link.Downlink.Seats.Now.Select(s => (s, (ClientPort?)Array.Find(open, p => p.Channel == s.Channel)));
    }

    public IEnumerable<(WebId Web, PortId Port)> ConnectionsTo(RoomId room) =>
        _links.Values.Where(l => l.Room == room && l.Ports.Length > 0).Select(l => (l.Id, l.Ports[0].Id));

    public int? LoopOf(WebId web, RoomId room) => _links.TryGetValue(web, out WebLink? link) && link.Room == room ? link.OutletNumber : null;

    public ClientPort? OpenPort(WebId web, PortId id, RoomService service)
    {
        WebLink link = _links[web];
        int channel = Enumerable.Range(0, MostPorts).FirstOrDefault(c => link.Ports.All(p => p.Channel != c), -1);
        if (channel < 0)
            return null;
        var port = new WebPort(id, service, link, channel, _ports.Take(), Number) { Outlet = link.Outlet, Loop = link.OutletNumber };
        _ports.Set(port);
        link.Add(port);
        return port;
    }

    public void ClosePort(ClientPort port)
    {
        var closing = (WebPort)port;
        closing.Link.Remove(closing);
        _ports.Release(closing.Index);
        closing.Home.Post(new LoopCommand(LoopCommandKind.ForgetSources, Gone: closing));
    }

    public RoomId? Close(WebId web)
    {
        if (!_links.Remove(web, out WebLink? link))
            return null;
        _byUfrag.TryRemove(link.Ufrag, out _);
        foreach (WebPath path in link.Close())
            End(path);
        Handshakes.Forget(link);
        link.Home.Post(new LoopCommand(LoopCommandKind.CloseLink, Link: link));
        return link.Room;
    }

    /// <summary>Whose a check is; null where nobody's. From any thread.</summary>
    public WebLink? Find(ReadOnlySpan<byte> ufrag) =>
        ufrag.Length == UfragLetters && _byUfrag.TryGetValue(KeyOf(ufrag), out WebLink? link) ? link : null;

    /// <summary>Answers a check that was signed. From any thread.</summary>
    /// <returns>False for one that was not, and for one that somebody has recorded.</returns>
    public bool Check(WebLink link, in StunRequest check, SocketName local, SocketName peer)
    {
        WebPath? opened = link.Check(check, local, peer, Now, _coalesce, out bool isAnswered, out WebPath? forgotten);
        if (forgotten is not null)
            End(forgotten);
        if (opened is not null)
            link.Home.Post(new LoopCommand(LoopCommandKind.WatchPath, Path: opened));
        return isAnswered;
    }

    public void CloseAll()
    {
        foreach (WebId web in _links.Keys.ToArray())
            Close(web);
    }

    public void Dispose()
    {
        _tcp?.Dispose();
        Handshakes.Dispose();
        _context.Dispose();
        CloseDoors();
    }

    private void Open(IPAddress configured, WebOptions options)
    {
        Number = options.Port;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            if (ListenAddress.For(configured, family) is not { } address)
                continue;
            int socket = LinuxSockets.OpenWildcard(address, Number, out int bound);
            // A machine without IPv6 has browsers by IPv4.
            if (socket < 0 && _doors.Count > 0 && -socket is not LibC.EADDRINUSE)
                continue;
            if (socket < 0)
                throw new Win32Exception(-socket, $"UDP {address}:{Number}, for browsers: {new Win32Exception(-socket).Message}");
            Number = bound;
            _doors.Add(new WebDoor(Number, socket, this));
        }

        _tcp = new WebTcpDoor(configured, Number, options.MaxTcpConnections, _tcpCounters);
    }

    private void CloseDoors()
    {
        foreach (WebDoor door in _doors)
            _ = LibC.Close(door.Socket);
        _doors.Clear();
    }

    private void End(WebPath path)
    {
        _bury(path.Link.Home, path.Socket);
        path.Link.Home.Post(new LoopCommand(LoopCommandKind.DropPath, Path: path));
    }

    private static ulong KeyOf(ReadOnlySpan<byte> ufrag) => BitConverter.ToUInt64(ufrag);
}
