using System.Net;
using Conference.Media.Rtp;
using Conference.Media.Selection;

namespace Conference.Media.Forwarding;

/// <summary>One CONN's port as the forwarding code sees it. A transport derives its own.</summary>
internal abstract class MediaPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number)
{
    // Written by one thread at a time (a latch, a close), read by the loop for every batch.
    private int _handle = -1;
    private volatile bool _isFresh;
    private SimulcastGroup? _group;

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
        set
        {
            if (value >= 0)
                _isFresh = true;
            Volatile.Write(ref _handle, value);
        }
    }

    /// <summary>It has latched and has not been looked at since: it needs keyframes.</summary>
    public bool IsFresh
    {
        get => _isFresh;
        set => _isFresh = value;
    }

    /// <summary>How it receives what is not simply everything; null while it simply gets everything. Its loop's own.</summary>
    public OutgoingTracks? Tracks { get; set; }

    /// <summary>What it was sent again; null while it has missed nothing. Its loop's own.</summary>
    public NackLedger? Nacks { get; set; }

    /// <summary>The layers its sender has named. Set with the routes.</summary>
    public SimulcastGroup? Group
    {
        get => Volatile.Read(ref _group);
        set => Volatile.Write(ref _group, value);
    }

    /// <summary>When it last sent something that is not RTP.</summary>
    public long LastOpaque { get; set; } = -1;

    /// <summary>Where this port stood in the routes that were applied last: a hint, checked before use.</summary>
    public int RouteHint { get; set; }
}
