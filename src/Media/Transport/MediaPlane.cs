using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Media.Transport.Linux;
using Conference.Media.Transport.Portable;
using Conference.Media.Trunks;
using Conference.Media.Web;

namespace Conference.Media.Transport;

/// <summary>The media plane: the pool of numbers, the table of rooms, and a transport that carries what they say.</summary>
public sealed class MediaPlane : IMediaPlane, IDisposable
{
    // Events are hints, their state is elsewhere: beyond this many the oldest may be lost.
    private const int EventCapacity = 8192;

    // Numbers somebody else on this host holds are passed over, but not for ever in one call.
    private const int MaxNumbersTried = 16;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly int _maxPorts;
    private readonly Func<bool> _isMemoryShort;
    private readonly PortPool _pool;
    private readonly RoomTable _rooms;
    private readonly Dictionary<PortId, ClientPort> _ports = [];
    private readonly Channel<MediaEvent> _events;
    private readonly RoamingPorts _roaming;
    private readonly IMediaTransport _transport;
    private readonly TrunkTable? _trunks;
    private long _lastPort;
    private long _lastWeb;
    private long _eventsDropped;
    private long _openingsBeyondLimit;
    private long _openingsWithoutNumber;
    private long _openingsFailed;
    private bool _disposed;

    internal MediaPlane(MediaOptions options, TimeProvider time, TransportKind kind)
    {
        _time = time;
        _started = time.GetTimestamp();
        (_maxPorts, _isMemoryShort) = (options.MaxPorts, options.IsMemoryShort);
        _pool = new PortPool(options.Ports.First, options.Ports.Last, options.CoolDown);
        _events = Channel.CreateBounded<MediaEvent>(
            new BoundedChannelOptions(EventCapacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _eventsDropped));
        _roaming = new RoamingPorts(_events.Writer);
        _transport = kind == TransportKind.Linux
            ? new LinuxTransport(options, time, _events.Writer, _roaming)
            : new SocketTransport(options, time, _events.Writer, _roaming);
        _trunks = _transport.Trunks;
        _rooms = new RoomTable(_transport.Loops, options.SpreadRoomsAbove, new Random(), _trunks);
    }

    /// <summary>Starts the loops. No socket is opened before the first port, but for those of the trunks.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The operating system refuses what a loop needs.</exception>
    public static MediaPlane Start(MediaOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        return new MediaPlane(options, time, OperatingSystem.IsLinux() ? TransportKind.Linux : TransportKind.Portable);
    }

    public ChannelReader<MediaEvent> Events => _events.Reader;

    /// <summary>Where other nodes are told to send, by loop; empty where there are no trunks.</summary>
    public ImmutableArray<IPEndPoint> TrunkEndpoints => _trunks?.Endpoints ?? [];

    public PortOpening Open(PortRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            if (_disposed)
                return new PortOpening.Failed("the media plane has stopped");
            if (_ports.Count >= _maxPorts || _isMemoryShort())
            {
                _openingsBeyondLimit++;
                return new PortOpening.Full();
            }

            if (request.Web is { } web)
                return OpenIn(web, request);
            IPAddress address = request.Client.IsIPv4MappedToIPv6 ? request.Client.MapToIPv4() : request.Client;
            RoomService service = _rooms.Join(request.Room, request.Service, out int loop);
            PortOpening opening = OpenIn(service, loop, address);
            if (opening is not PortOpening.Opened)
                Forget(_rooms.Leave(service, loop));
            if (opening is PortOpening.NoPortFree)
                _openingsWithoutNumber++;
            else if (opening is PortOpening.Failed)
                _openingsFailed++;
            foreach (ClientPort moved in _rooms.Spread(service, _ports.Values))
                _transport.Move(moved);
            return opening;
        }
    }

    public void Close(PortId port)
    {
        lock (_gate)
        {
            if (!_ports.Remove(port, out ClientPort? open))
                return;
            _trunks?.Locals.TryRemove(TrunkDatagram.LabelOf(port), out _);
            _roaming.Forget(open);
            if (open.Web is null)
            {
                _transport.Close(open);
                _pool.Release(open.Address, open.Number, Now);
            }
            else
            {
                _transport.Web!.ClosePort(open);
            }

            Forget(_rooms.Leave(open.Service, open.Loop));
        }
    }

    public void Apply(MediaRoutes routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        lock (_gate)
        {
            Forget(_rooms.Apply(routes, _ports));
            // Whoever has gone sits nowhere any more, and no packet of theirs will say so.
            foreach ((WebId web, PortId port) in _transport.Web?.ConnectionsTo(routes.Room) ?? [])
                _events.Writer.TryWrite(new MediaEvent.Seated(routes.Room, port, web, IsShort: false));
        }
    }

    public void Roam(PortId port, RoamToken? token)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(port, out ClientPort? open) || open.Web is not null)
                return;
            if (token is not null)
                _transport.ListenInBothFamilies(open);
            _roaming.Renew(open, token);
        }
    }

    public TrunkOffer? OfferTrunk(PeerId peer)
    {
        lock (_gate)
            return _trunks?.Offer(peer);
    }

    public bool OpenTrunk(PeerId peer, TrunkOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        lock (_gate)
            return _trunks is not null && _trunks.Open(peer, offer);
    }

    public void CloseTrunk(PeerId peer)
    {
        lock (_gate)
            _trunks?.Close(peer);
    }

    public CertificateFingerprint? WebFingerprint => _transport.Web?.Fingerprint;

    public int WebNumber => _transport.Web?.Number ?? 0;

    public WebOpening OpenWeb(RoomId room)
    {
        lock (_gate)
        {
            if (_disposed || _transport.Web is not { } browsers)
                return new WebOpening.Off(_disposed ? "the media plane has stopped" : _transport.WhyNoWeb);
            (int home, int outlet) = _rooms.Host(room);
            return browsers.Open(new WebId(++_lastWeb), room, home, outlet);
        }
    }

    public void Agree(WebId web, WebAgreement agreement)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        lock (_gate)
            _transport.Web?.Agree(web, agreement);
    }

    public void CloseWeb(WebId web)
    {
        lock (_gate)
        {
            if (_transport.Web?.Close(web) is { } room)
                _rooms.Unhost(room);
        }
    }

    public WebState? ReadWeb(WebId web)
    {
        lock (_gate)
            return _transport.Web?.StateOf(web);
    }

    public ImmutableArray<WebSeat> ReadSeats(WebId web)
    {
        lock (_gate)
            return [.. _transport.Web?.SeatsOf(web).Select(s => SeatOf(s.Seat, s.Port)) ?? []];
    }

    public PortStatistics? Read(PortId port)
    {
        ClientPort? open;
        lock (_gate)
            _ports.TryGetValue(port, out open);
        return open is null ? null : PortCounters.Sum(open.Counters, open.Relayed, open.Handle >= 0);
    }

    /// <summary>Adds every open port to <paramref name="readings"/>, in no order.</summary>
    public void ReadPorts(ICollection<PortReading> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        MediaPort[] open;
        lock (_gate)
            open = [.. _ports.Values];
        // Outside the lock: ten thousand ports take milliseconds, and whoever joins meanwhile need not wait for them.
        foreach (MediaPort port in open)
        {
            (long packets, long lost) = port.Sources.CountReceived();
            var seen = PortCounters.Sum(port.Counters, port.Relayed, isLatched: true);
            readings.Add(new PortReading(
                port.Id, port.Service.Room, seen.DatagramsIn, seen.BytesIn, seen.DatagramsOut, seen.BytesOut, seen.Dropped, packets, lost));
        }
    }

    public bool CanThin(PortId port, int rate)
    {
        lock (_gate)
        {
            return !_ports.TryGetValue(port, out ClientPort? open)
                || Feasibility.CanThin([.. SendersTo(open)], rate, NowMicroseconds);
        }
    }

    public double? ReadRate(PortId port)
    {
        lock (_gate)
        {
            return _ports.TryGetValue(port, out ClientPort? open) ? Feasibility.RateNow(open, SendersTo(open), NowMicroseconds) : null;
        }
    }

    public ImmutableArray<SourceStatistics> ReadSources(PortId port)
    {
        ClientPort? open;
        lock (_gate)
            _ports.TryGetValue(port, out open);
        return open is null ? [] : [.. open.Sources.Streams().Where(s => NowMicroseconds - s.LastHeard < PortSources.Silence).Select(s => s.Statistics())];
    }

    public MediaStatistics Read()
    {
        // Outside the lock: it reads files.
        ImmutableArray<LoopStatistics> threads = [.. _transport.ReadLoops()];
        lock (_gate)
        {
            IReadOnlyList<LoopCounters> loops = _transport.Counters;
            return new MediaStatistics(
                _ports.Count,
                _pool.Free,
                [.. _rooms.Services.Select(s => SumService(loops, s.Service, s.Index))],
                [.. Enumerable.Range(0, LoopCounters.Reasons).Select(r => loops.Sum(l => Volatile.Read(ref l.Drops[r])))],
                DelayRecorder.Sum(loops.Select(l => l.Delay)))
            {
                SourcesRefused = loops.Sum(l => Volatile.Read(ref l.SourcesRefused)),
                PortsInPool = _pool.Size,
                PortsOfBusiestAddress = _pool.MostHeld,
                OpeningsWithoutNumber = _openingsWithoutNumber,
                OpeningsFailed = _openingsFailed,
                OpeningsBeyondLimit = _openingsBeyondLimit,
                EventsQueued = _events.Reader.Count,
                EventsDropped = Interlocked.Read(ref _eventsDropped),
                Loops = threads,
                NumbersAside = _pool.Aside,
                Offload = _transport.Offload with { Fallbacks = loops.Concat(_transport.TrunkEnds.Select(e => e.Counters.Sends)).Sum(l => Volatile.Read(ref l.OffloadFallbacks)) },
                Trunks = TrunkCounters.Sum([.. _transport.TrunkEnds.Select(e => e.Counters)], _trunks?.Read() ?? []),
                KeyframesAsked = loops.Sum(l => Volatile.Read(ref l.KeyframesAsked)),
                NacksAnswered = loops.Sum(l => Volatile.Read(ref l.NacksAnswered)),
                NacksUnanswered = loops.Sum(l => Volatile.Read(ref l.NacksUnanswered)),
                LayerSwitches = loops.Sum(l => Volatile.Read(ref l.LayerSwitches)),
            };
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _ports.Clear();
        }

        // Outside the lock: it waits for loops to end.
        _transport.Dispose();
        _events.Writer.TryComplete();
    }

    // What the loops count in, see Streams.Clock.
    private long NowMicroseconds => (long)_time.GetElapsedTime(0).TotalMicroseconds;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    private void Forget(List<TrunkPort> gone)
    {
        foreach (TrunkPort port in gone)
            _transport.Forget(port);
    }

    private IEnumerable<MediaPort> SendersTo(ClientPort port) =>
        _ports.Values.Where(p => p.Service == port.Service && p != port).Concat<MediaPort>(port.Service.Routes.Remote.ToArray().Select(r => r.Port));

    private PortOpening OpenIn(WebId web, PortRequest request)
    {
        if (_transport.Web is not { } browsers || browsers.LoopOf(web, request.Room) is not { } loop)
            return new PortOpening.Failed("there is no such connection to this room");
        RoomService service = _rooms.Join(request.Room, request.Service, out _, loop);
        if (browsers.OpenPort(web, new PortId(_lastPort + 1), service) is not { } port)
        {
            Forget(_rooms.Leave(service, loop));
            return new PortOpening.NoPortFree();
        }

        _lastPort++;
        _ports.Add(port.Id, port);
        _trunks?.Locals.TryAdd(TrunkDatagram.LabelOf(port.Id), port);
        return new PortOpening.Opened(port.Id, port.Number, service.Loop);
    }

    private static WebSeat SeatOf(WebSeating seat, ClientPort? port)
    {
        ParticipantId? who = seat.Source is { } source && port is IWebAudience audience ? audience.WhoSends(source) : null;
        return new WebSeat(seat.Mid, who is null ? null : port!.Service.Name, who);
    }

    private PortOpening OpenIn(RoomService service, int loop, IPAddress address)
    {
        string reason = "";
        for (int tried = 0; tried < MaxNumbersTried; tried++)
        {
            TimeSpan now = Now;
            if (_pool.Take(address, now) is not { } number)
                return new PortOpening.NoPortFree();
            ClientPort port = _transport.CreatePort(new PortId(_lastPort + 1), service, AddressKey.From(address), address, number);
            port.Loop = loop;
            switch (_transport.Listen(port, out reason))
            {
                case ListenOutcome.Listening:
                    _lastPort++;
                    _ports.Add(port.Id, port);
                    _trunks?.Locals.TryAdd(TrunkDatagram.LabelOf(port.Id), port);
                    return new PortOpening.Opened(port.Id, number, service.Loop);
                case ListenOutcome.NumberRefused:
                    _pool.PutAside(address, number, now);
                    break;
                default:
                    _pool.Release(address, number, now);
                    return new PortOpening.Failed(reason);
            }
        }

        return new PortOpening.Failed(reason);
    }

    private static ServiceStatistics SumService(IReadOnlyList<LoopCounters> loops, ServiceName service, int index) => new(
        service,
        loops.Sum(l => Volatile.Read(ref l.Services[index].DatagramsIn)),
        loops.Sum(l => Volatile.Read(ref l.Services[index].BytesIn)),
        loops.Sum(l => Volatile.Read(ref l.Services[index].DatagramsOut)),
        loops.Sum(l => Volatile.Read(ref l.Services[index].BytesOut)));
}
