using System.Collections.Immutable;
using MessagePack;

namespace Conference.Node.Statistics;

/// <summary>
/// What one node says of itself to the consoles of the cluster, once a second. Nothing durable, but two neighbouring releases talk to each other:
/// keys are only ever added, and never used for anything else.
/// </summary>
[MessagePackObject]
public sealed record NodeStatistics
{
    /// <summary>Which life of which node; its name is not unique.</summary>
    [Key(0)]
    public string Id { get; init; } = "";

    [Key(1)]
    public string Name { get; init; } = "";

    [Key(2)]
    public NodeCondition Condition { get; init; }

    [Key(3)]
    public string Version { get; init; } = "";

    /// <summary>Milliseconds since 1970.</summary>
    [Key(4)]
    public long Started { get; init; }

    // Now.
    [Key(5)]
    public int Sessions { get; init; }

    [Key(6)]
    public int Members { get; init; }

    /// <summary>Open rooms this node owns: over all nodes, every room once.</summary>
    [Key(7)]
    public int RoomsOwned { get; init; }

    /// <summary>Open rooms with members on this node.</summary>
    [Key(8)]
    public int RoomsHere { get; init; }

    [Key(9)]
    public int PortsInUse { get; init; }

    [Key(10)]
    public int PortsFree { get; init; }

    [Key(11)]
    public int Shards { get; init; }

    [Key(12)]
    public int DrainSessionsLeft { get; init; }

    /// <summary>Work that waits for a thread: actors with messages, for the most part.</summary>
    [Key(13)]
    public long Queued { get; init; }

    [Key(14)]
    public long MemoryBytes { get; init; }

    [Key(15)]
    public int Cores { get; init; }

    // A second, over the last second.
    [Key(16)]
    public double DatagramsIn { get; init; }

    [Key(17)]
    public double DatagramsOut { get; init; }

    [Key(18)]
    public double BitsIn { get; init; }

    [Key(19)]
    public double BitsOut { get; init; }

    /// <summary>By reason.</summary>
    [Key(20)]
    public ImmutableDictionary<string, double> Drops { get; init; } = ImmutableDictionary<string, double>.Empty;

    [Key(21)]
    public double Joins { get; init; }

    [Key(22)]
    public double JoinsRefused { get; init; }

    /// <summary>Media packets that numbers show there must have been, and <see cref="PacketsLost"/> of them that never came.</summary>
    [Key(23)]
    public double PacketsExpected { get; init; }

    [Key(24)]
    public double PacketsLost { get; init; }

    [Key(25)]
    public double TrunkBitsIn { get; init; }

    [Key(26)]
    public double TrunkBitsOut { get; init; }

    /// <summary>Cores' worth.</summary>
    [Key(27)]
    public double Cpu { get; init; }

    /// <summary>Part of the time in which the process stood still, 0 to 1.</summary>
    [Key(28)]
    public double GcPause { get; init; }

    /// <summary>From receipt to last copy sent, over the last ten seconds; null where nothing was forwarded.</summary>
    [Key(29)]
    public double? DelayP50Seconds { get; init; }

    [Key(30)]
    public double? DelayP99Seconds { get; init; }

    /// <summary>The other nodes, as this one sees them.</summary>
    [Key(31)]
    public ImmutableArray<PeerLink> Peers { get; init; } = [];

    /// <summary>Those with members here, the fullest first, and no more than a message holds. Only where they were asked for.</summary>
    [Key(32)]
    public ImmutableArray<RoomStatistics> Rooms { get; init; } = [];

    /// <summary>The URL of its own console; null where it does not say.</summary>
    [Key(33)]
    public string? Console { get; init; }
}

public enum NodeCondition
{
    Starting,
    Ready,
    Draining,
    Stopping,

    /// <summary>It has not heard from a majority of the cluster: its users and rooms may be another's by now, and do not answer.</summary>
    NotActing,

    /// <summary>It takes no clients: what they would do could not be stored, or the cluster has no majority.</summary>
    NotReady,
}

/// <summary>Another node, as one sees it.</summary>
/// <param name="Peer">Its id.</param>
/// <param name="Name">Not unique.</param>
/// <param name="IsReachable">It, and all others, can reach it.</param>
/// <param name="RoundTripSeconds">Of the last question it answered; null before the first.</param>
[MessagePackObject]
public sealed record PeerLink(
    [property: Key(0)] string Peer, [property: Key(1)] string Name, [property: Key(2)] bool IsReachable, [property: Key(3)] double? RoundTripSeconds);

/// <summary>One room's part on one node. Three digits are looked at, so that seven are enough.</summary>
[MessagePackObject]
public sealed record RoomStatistics
{
    [Key(0)]
    public string Name { get; init; } = "";

    [Key(1)]
    public int Members { get; init; }

    [Key(2)]
    public float BitsIn { get; init; }

    [Key(3)]
    public float BitsOut { get; init; }

    [Key(4)]
    public float Drops { get; init; }

    [Key(5)]
    public float PacketsExpected { get; init; }

    [Key(6)]
    public float PacketsLost { get; init; }
}
