using System.Net;
using Conference.Media.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>One CONN's port as the forwarding code sees it. A transport derives its own.</summary>
internal abstract class MediaPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number)
{
    // Written by one thread at a time (a latch, a close), read by the loop for every batch.
    private int _handle = -1;

    /// <summary>Written by the loop its room lives on.</summary>
    public PortCounters Counters;

    /// <summary>Written by <see cref="Loop"/>, when that is another one: what it has sent.</summary>
    public PortCounters Relayed;

    public PortId Id => id;

    public RoomService Service => service;

    public AddressKey Client => client;

    public IPAddress Address => address;

    public int Number => number;

    /// <summary>The loop that sends to this port's client: the room's, or in a large room any. The control side's.</summary>
    public int Loop { get; set; }

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
