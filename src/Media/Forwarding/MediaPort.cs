using System.Net;
using Conference.Media.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>One CONN's port as the forwarding code sees it. A transport derives its own.</summary>
internal abstract class MediaPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number)
{
    // Written by one thread at a time (a latch, a close), read by the loop for every batch.
    private int _handle = -1;

    /// <summary>Written by this port's loop only.</summary>
    public PortCounters Counters;

    public PortId Id => id;

    public RoomService Service => service;

    public AddressKey Client => client;

    public IPAddress Address => address;

    public int Number => number;

    public PortSources Sources { get; } = new();

    /// <summary>What the transport sends by, or -1: not latched yet, or closed.</summary>
    public int Handle
    {
        get => Volatile.Read(ref _handle);
        set => Volatile.Write(ref _handle, value);
    }

    /// <summary>Where this port stood in the routes that were applied last: a hint, checked before use.</summary>
    public int RouteHint { get; set; }
}
