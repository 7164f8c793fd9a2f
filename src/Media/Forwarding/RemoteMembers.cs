using Conference.Media.Trunks;

namespace Conference.Media.Forwarding;

/// <summary>The ports of one room and service that are on other nodes, and those nodes. The control side's.</summary>
internal sealed class RemoteMembers(RoomService service, TrunkTable trunks)
{
    private Dictionary<(PeerId, PortId), TrunkPort> _ports = [];
    private Dictionary<PeerId, TrunkOutlet> _outlets = [];

    /// <summary>Takes the place of what was there before; what stays is the same objects.</summary>
    /// <param name="routes">Of this service.</param>
    /// <param name="gone">Ports that are named no more are added here: nothing finds them from now on, and their sources are to be
    /// removed by their loop.</param>
    public (RemoteEntry[] Entries, TrunkOutlet[] Outlets) Replace(IReadOnlyCollection<RemoteRoute> routes, List<TrunkPort> gone)
    {
        var ports = new Dictionary<(PeerId, PortId), TrunkPort>(routes.Count);
        var outlets = new Dictionary<PeerId, TrunkOutlet>();
        var entries = new List<RemoteEntry>(routes.Count);
        // Should a room have moved to another loop there, then its newest port knows where.
        foreach (RemoteRoute route in routes.OrderBy(r => r.Port.Value))
        {
            TrunkOutlet outlet = OutletOf(route, outlets);
            if (PortOf(route, outlet, ports) is not { } port)
                continue;
            port.NameLayers(route.Layers);
            port.RouteHint = entries.Count;
            entries.Add(new RemoteEntry(port, route.Participant, route.Muted));
        }

        foreach (TrunkPort left in _ports.Values)
        {
            left.Peer.Ports.TryRemove(KeyValuePair.Create(TrunkDatagram.LabelOf(left.Id), left));
            gone.Add(left);
        }

        foreach (TrunkOutlet left in _outlets.Values)
            trunks.Release(left.Peer);
        (_ports, _outlets) = (ports, outlets);
        return ([.. entries], [.. outlets.Values]);
    }

    private TrunkOutlet OutletOf(RemoteRoute route, Dictionary<PeerId, TrunkOutlet> outlets)
    {
        if (!outlets.TryGetValue(route.Peer, out TrunkOutlet? outlet))
        {
            if (!_outlets.Remove(route.Peer, out outlet))
                outlet = new TrunkOutlet(service, trunks.Use(route.Peer));
            outlets.Add(route.Peer, outlet);
        }

        outlet.PeerLoop = route.Loop;
        return outlet;
    }

    // Null for one that is named twice, here or in another room.
    private TrunkPort? PortOf(RemoteRoute route, TrunkOutlet outlet, Dictionary<(PeerId, PortId), TrunkPort> ports)
    {
        var key = (route.Peer, route.Port);
        if (!_ports.Remove(key, out TrunkPort? port))
        {
            port = new TrunkPort(route.Port, service, outlet.Peer);
            if (!outlet.Peer.Ports.TryAdd(TrunkDatagram.LabelOf(route.Port), port))
                return null;
        }

        ports.Add(key, port);
        port.PeerLoop = route.Loop;
        return port;
    }
}
