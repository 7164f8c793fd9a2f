using System.Collections.Immutable;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Media.Streams;

namespace Conference.Media.Forwarding;

/// <summary>Whoever sends into a room and service, or is sent what others send: a member here, a member on another node, another
/// node.</summary>
internal abstract class MediaPort(PortId id, RoomService service)
{
    // Written by one thread at a time (a latch, a close), read by the loop for every batch.
    private int _handle = -1;
    private volatile bool _isFresh;
    private SimulcastGroup? _group;
    private ReceiverPath? _receiverPath;

    /// <summary>Written by the loop its room lives on.</summary>
    public PortCounters Counters;

    /// <summary>Written by <see cref="ClientPort.Loop"/>, when that is another one: what it has sent.</summary>
    public PortCounters Relayed;

    public PortId Id => id;

    public RoomService Service => service;

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

    /// <summary>What it can take. Its loop's own; a browser's ports have one together.</summary>
    public virtual ReceiverPath ReceiverPath => _receiverPath ??= new ReceiverPath();

    /// <summary>What has gone the way of <see cref="ReceiverPath"/>.</summary>
    public virtual SentSoFar Sent => new(Counters.DatagramsOut + Volatile.Read(ref Relayed.DatagramsOut), Counters.BytesOut + Volatile.Read(ref Relayed.BytesOut));

    /// <summary>It sends a picture of which less can be sent. Its loop's own.</summary>
    public bool IsLayered { get; set; }

    /// <summary>What it was sent again; null while it has missed nothing. Its loop's own.</summary>
    public NackLedger? Nacks { get; set; }

    /// <summary>The layers its sender has named. Set with the routes.</summary>
    public SimulcastGroup? Group => Volatile.Read(ref _group);

    /// <summary>When it last sent something that is not RTP.</summary>
    public long LastOpaque { get; set; } = -1;

    /// <summary>Where this port stood in the routes that were applied last: a hint, checked before use.</summary>
    public int RouteHint { get; set; }

    /// <summary>The same layers stay the same group: receivers are in the middle of it.</summary>
    public void NameLayers(ImmutableArray<SimulcastLayer> layers)
    {
        if (layers.IsDefaultOrEmpty)
            Volatile.Write(ref _group, null);
        else if (_group is null || !_group.IsOf(layers))
            Volatile.Write(ref _group, new SimulcastGroup(layers));
    }
}
