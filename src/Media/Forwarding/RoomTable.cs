using Conference.Media.Speech;
using Conference.Media.Trunks;

namespace Conference.Media.Forwarding;

/// <summary>The rooms that have ports on this node: which loop each lives on, and its routes. Its owner holds a lock.</summary>
/// <param name="loops">How many loops there are.</param>
/// <param name="spreadAbove">A room with more ports is spread over all loops.</param>
/// <param name="seed">Where the SSRCs of renumbered sources come from.</param>
/// <param name="trunks">Null where there are no other nodes; ports on them are then ignored.</param>
internal sealed class RoomTable(int loops, int spreadAbove, Random seed, TrunkTable? trunks = null)
{
    private readonly Dictionary<RoomId, Room> _rooms = [];
    private readonly int[] _portsOnLoop = new int[loops];
    private readonly ServiceIndex _services = new();

    public int Count => _rooms.Count;

    public IEnumerable<(ServiceName Service, int Index)> Services => _services.All();

    /// <summary>The room and service a new port joins. A room settles on the loop with the fewest ports when its first one comes.</summary>
    /// <param name="loop">The loop that sends to the new port: the room's, or the one with the fewest ports when the room is spread.</param>
    /// <param name="at">The loop that has been chosen already; null for none.</param>
    public RoomService Join(RoomId id, ServiceName name, out int loop, int? at = null)
    {
        Room room = RoomOf(id);
        if (!room.Services.TryGetValue(name, out RoomService? service))
        {
            service = new RoomService(id, name, _services.Of(name), room.Loop, new Random(seed.Next()), room.Speakers);
            if (trunks is not null)
                service.Remote = new RemoteMembers(service, trunks);
            room.Services.Add(name, service);
        }

        room.Ports++;
        service.Ports++;
        loop = at ?? (room.IsSpread ? LeastLoaded() : room.Loop);
        _portsOnLoop[loop]++;
        return service;
    }

    /// <summary>A browser connects to a room, which stays where it is for as long as that lasts.</summary>
    /// <returns>The loop it lives on, and the one that is to send to this browser.</returns>
    public (int Home, int Outlet) Host(RoomId id)
    {
        Room room = RoomOf(id);
        room.Browsers++;
        return (room.Loop, room.IsSpread ? LeastLoaded() : room.Loop);
    }

    /// <summary>A browser's connection has ended.</summary>
    public void Unhost(RoomId id)
    {
        Room room = _rooms[id];
        room.Browsers--;
        ForgetIfEmpty(id, room);
    }

    /// <summary>A port has gone; with the last one goes its service, and the room: clients make up names.</summary>
    /// <returns>Ports on other nodes that nobody here hears any more.</returns>
    public List<TrunkPort> Leave(RoomService service, int loop)
    {
        List<TrunkPort> gone = [];
        Room room = _rooms[service.Room];
        _portsOnLoop[loop]--;
        if (--service.Ports == 0)
        {
            room.Services.Remove(service.Name);
            service.Remote?.Replace([], gone);
        }

        room.Ports--;
        ForgetIfEmpty(service.Room, room);
        return gone;
    }

    /// <summary>Spreads a room that has just become too large for one loop: gives some of its ports to the others, until all have
    /// about the same. It stays spread for as long as it is there: what it would save to gather it again is little.</summary>
    /// <param name="ports">The plane's ports.</param>
    /// <returns>Those that moved. A browser's ports do not: all of them are sent to by one loop.</returns>
    public List<ClientPort> Spread(RoomService service, IEnumerable<ClientPort> ports)
    {
        List<ClientPort> moved = [];
        if (!_rooms.TryGetValue(service.Room, out Room? room) || room.IsSpread || loops == 1 || room.Ports <= spreadAbove)
            return moved;
        room.IsSpread = true;
        foreach (ClientPort port in ports.Where(p => p.Service.Room == service.Room && p.Web is null))
        {
            int loop = LeastLoaded();
            if (_portsOnLoop[room.Loop] - _portsOnLoop[loop] <= 1)
                break;
            _portsOnLoop[room.Loop]--;
            _portsOnLoop[loop]++;
            port.Loop = loop;
            moved.Add(port);
        }

        return moved;
    }

    /// <summary>Compiles and publishes a room's routes, service by service; services never hear each other, so no datagram can
    /// tell that they are not swapped at once. Older versions and ports of other rooms are ignored.</summary>
    /// <returns>Ports on other nodes that are named no more.</returns>
    public List<TrunkPort> Apply(MediaRoutes routes, Dictionary<PortId, ClientPort> ports)
    {
        List<TrunkPort> gone = [];
        if (!_rooms.TryGetValue(routes.Room, out Room? room) || routes.Version <= room.Version)
            return gone;
        room.Version = routes.Version;
        if (routes.Speaker is { } speaker && room.ToldSpeaker != speaker)
            room.Speakers.Lead(speaker);
        room.ToldSpeaker = routes.Speaker;

        var compiled = new Dictionary<RoomService, List<RouteEntry>>();
        foreach (RoomService service in room.Services.Values)
            compiled.Add(service, []);
        foreach (MediaRoute route in routes.Ports)
        {
            if (!ports.TryGetValue(route.Port, out ClientPort? port) || !compiled.TryGetValue(port.Service, out var entries))
                continue;
            port.NameLayers(route.Layers);
            entries.Add(RouteEntry.Of(port, route));
        }

        ILookup<ServiceName, RemoteRoute>? remote = routes.Remote.IsDefaultOrEmpty ? null : routes.Remote.ToLookup(r => r.Service);
        foreach ((RoomService service, List<RouteEntry> entries) in compiled)
        {
            (RemoteEntry[] elsewhere, TrunkOutlet[] outlets) =
                service.Remote?.Replace(remote is null ? [] : [.. remote[service.Name]], gone) ?? ([], []);
            service.Routes = new ServiceRoutes(InOrder(entries, room), elsewhere, outlets);
        }

        return gone;
    }

    // Those whom other loops send to come first: these work while the room's own loop sends to the rest.
    private static RouteEntry[] InOrder(List<RouteEntry> entries, Room room)
    {
        RouteEntry[] ordered = room.IsSpread
            ? [.. entries.OrderBy(e => e.Port.Loop == room.Loop).ThenBy(e => e.Port.Loop)]
            : [.. entries];
        for (int i = 0; i < ordered.Length; i++)
            ordered[i].Port.RouteHint = i;
        return ordered;
    }

    private Room RoomOf(RoomId id)
    {
        if (!_rooms.TryGetValue(id, out Room? room))
            _rooms.Add(id, room = new Room(LeastLoaded()));
        return room;
    }

    private void ForgetIfEmpty(RoomId id, Room room)
    {
        if (room is { Ports: 0, Browsers: 0 })
            _rooms.Remove(id);
    }

    private int LeastLoaded() => Array.IndexOf(_portsOnLoop, _portsOnLoop.Min());

    private sealed class Room(int loop)
    {
        public SpeakerBoard Speakers { get; } = new();

        /// <summary>By the routes that are in force.</summary>
        public ParticipantId? ToldSpeaker { get; set; }

        public int Loop => loop;

        public int Ports { get; set; }

        /// <summary>Connections of browsers, whatever ports they have.</summary>
        public int Browsers { get; set; }

        public bool IsSpread { get; set; }

        public long Version { get; set; } = long.MinValue;

        public Dictionary<ServiceName, RoomService> Services { get; } = [];
    }
}
