using System.Collections.Immutable;

namespace Conference.Media;

/// <summary>Counters of one port since it opened.</summary>
/// <param name="DatagramsIn">Received from the latched client, whatever became of them.</param>
/// <param name="BytesIn">UDP payload bytes of those.</param>
/// <param name="DatagramsOut">Sent to the client.</param>
/// <param name="BytesOut">UDP payload bytes of those.</param>
/// <param name="Dropped">Meant for the client and not sent, or received and not forwarded to anyone because of a rule, but for what is muted or empty.</param>
/// <param name="IsLatched">The client has sent at least one datagram.</param>
public sealed record PortStatistics(
    long DatagramsIn, long BytesIn, long DatagramsOut, long BytesOut, long Dropped, bool IsLatched);

/// <summary>One port, when many are read at once. Counters since it opened.</summary>
/// <param name="Port">Which.</param>
/// <param name="Room">Whose room it is in.</param>
/// <param name="DatagramsIn">See <see cref="PortStatistics"/>, as the next four.</param>
/// <param name="RtpPackets">RTP packets received from its sources.</param>
/// <param name="RtpLost">RTP packets of them that never reached this server.</param>
public readonly record struct PortReading(
    PortId Port, RoomId Room, long DatagramsIn, long BytesIn, long DatagramsOut, long BytesOut, long Dropped, long RtpPackets, long RtpLost);

/// <summary>Why a datagram went no further. The names are the <c>reason</c> label of the drop counter.</summary>
public enum DropReason
{
    /// <summary>From an address no CONN on that number waits for, or a second source port before the first fell silent.</summary>
    Stranger,

    /// <summary>The member is muted.</summary>
    Muted,

    /// <summary>The port has no routes (yet, or any more).</summary>
    NoRoute,

    /// <summary>The receiver's socket buffer is full.</summary>
    ReceiverFull,

    /// <summary>The receiver's host answered that nobody listens there. The answer comes after the sending, so such a datagram counts
    /// as sent as well.</summary>
    ReceiverGone,

    /// <summary>Zero bytes: it latches a port, and there is nothing to forward.</summary>
    Empty,

    /// <summary>Larger than the path to the receiver takes.</summary>
    TooLarge,

    /// <summary>Any other refusal of the operating system.</summary>
    SendFailed,

    /// <summary>In a room that several loops carry: the receiver's loop has not kept up with the room's.</summary>
    LoopBehind,

    /// <summary>From a browser's address, and not sealed by its keys.</summary>
    Forged,

    /// <summary>Sealed by a browser, and seen before, or too old to tell.</summary>
    Replayed,
}

public static class DropReasonExtensions
{
    /// <summary>Somebody wants it so, or there is nothing in it: no sign that anything is wrong.</summary>
    public static bool IsIntended(this DropReason reason) => reason is DropReason.Muted or DropReason.Empty;
}

/// <summary>Counters of one service over the whole plane since start.</summary>
public sealed record ServiceStatistics(
    ServiceName Service, long DatagramsIn, long BytesIn, long DatagramsOut, long BytesOut);

/// <summary>Counters of the whole plane since start, and gauges of now.</summary>
/// <param name="PortsInUse">CONNs that hold a port.</param>
/// <param name="PortsFree">Numbers of the pool that nobody uses. Numbers are shared between addresses, so 0 does not mean full.</param>
/// <param name="Services">By service; services beyond the first 16 are counted together as "other".</param>
/// <param name="Drops">By reason, indexed by <see cref="DropReason"/>.</param>
/// <param name="ForwardDelay">Time from a datagram's receipt by the loop to its last copy handed to the kernel.</param>
public sealed record MediaStatistics(
    int PortsInUse, int PortsFree, ImmutableArray<ServiceStatistics> Services, ImmutableArray<long> Drops, DelayHistogram ForwardDelay)
{
    /// <summary>RTP packets of sources that found no place among those of their port. They are forwarded and their numbers kept apart, and that is all.</summary>
    public long SourcesRefused { get; init; }

    /// <summary>Keyframes asked of senders, after merging.</summary>
    public long KeyframesAsked { get; init; }

    /// <summary>Lost packets that were sent again.</summary>
    public long NacksAnswered { get; init; }

    /// <summary>Lost packets asked for that were not there any more, or more often than they are sent.</summary>
    public long NacksUnanswered { get; init; }

    /// <summary>Changes of simulcast layer, over all receivers.</summary>
    public long LayerSwitches { get; init; }

    /// <summary>Numbers in the pool.</summary>
    public int PortsInPool { get; init; }

    /// <summary>Numbers held by the client address that holds most; at <see cref="PortsInPool"/> it gets no more.</summary>
    public int PortsOfBusiestAddress { get; init; }

    /// <summary>CONNs refused because their address held every number.</summary>
    public long OpeningsWithoutNumber { get; init; }

    /// <summary>CONNs refused because the operating system gave no socket.</summary>
    public long OpeningsFailed { get; init; }

    /// <summary>CONNs refused because <see cref="MediaOptions.MaxPorts"/> were open.</summary>
    public long OpeningsBeyondLimit { get; init; }

    /// <summary>Events that wait for their reader.</summary>
    public int EventsQueued { get; init; }

    /// <summary>Events lost because their reader was behind.</summary>
    public long EventsDropped { get; init; }

    /// <summary>One per thread of the plane.</summary>
    public ImmutableArray<LoopStatistics> Loops { get; init; } = [];

    /// <summary>Numbers of the pool that the operating system has refused of late (another process has them).</summary>
    public int NumbersAside { get; init; }

    /// <summary>What goes to other nodes and comes from them; not among the services, which members are.</summary>
    public TrunkStatistics Trunks { get; init; } = TrunkStatistics.None;

    /// <summary>What the kernel does several datagrams at a time.</summary>
    public MediaOffload Offload { get; init; } = MediaOffload.None("no transport");
}

/// <summary>One thread of the plane.</summary>
/// <param name="Name">Of the thread: <c>media-0</c>, ..., <c>media-doors</c>.</param>
/// <param name="Processor">Processor time it has used; null where that is not known.</param>
/// <param name="Queued">Parcels from other loops that wait for it.</param>
/// <param name="PacketsKept">Packets kept to be sent again.</param>
/// <param name="PacketsNotKept">Packets that were not, because it keeps no more.</param>
public sealed record LoopStatistics(string Name, TimeSpan? Processor, int Queued, int PacketsKept, long PacketsNotKept);

/// <summary>Which of the kernel's offloads are in use, found out at start.</summary>
/// <param name="Segmentation">Several datagrams to one receiver go out by one call (UDP_SEGMENT).</param>
/// <param name="Coalescing">Several datagrams of one sender come in as one buffer (UDP_GRO).</param>
public sealed record MediaOffload(OffloadFeature Segmentation, OffloadFeature Coalescing)
{
    /// <summary>Runs of datagrams the kernel refused as one (a path with a smaller MTU, a device that cannot) since start; they were
    /// sent one by one.</summary>
    public long Fallbacks { get; init; }

    public static MediaOffload None(string why) => new(new OffloadFeature(false, why), new OffloadFeature(false, why));
}

/// <param name="IsOn">In use.</param>
/// <param name="Why">Why it is, or is not, in a few words for a log.</param>
public sealed record OffloadFeature(bool IsOn, string Why)
{
    public override string ToString() => $"{(IsOn ? "on" : "off")} ({Why})";
}

/// <summary>One RTP source of one port.</summary>
/// <param name="Ssrc">As the others see it.</param>
/// <param name="Codec">"VP8", "H264", ...; "?" where it is not known.</param>
/// <param name="Packets">Received since it began, duplicates included.</param>
/// <param name="Bytes">UDP payload bytes of those.</param>
/// <param name="Lost">Packets that never reached this server.</param>
/// <param name="Jitter">RFC 3550 interarrival jitter.</param>
/// <param name="KilobitsPerSecond">Of the last second.</param>
/// <param name="FramesPerSecond">Of the last second; 0 for sound.</param>
/// <param name="Keyframes">Since it began.</param>
/// <param name="Layer">Its place among its sender's simulcast layers, 0 for the smallest; null where it is none.</param>
public sealed record SourceStatistics(
    Ssrc Ssrc, string Codec, long Packets, long Bytes, long Lost, TimeSpan Jitter, double KilobitsPerSecond, double FramesPerSecond,
    long Keyframes, int? Layer);

/// <summary>A histogram with fixed bounds.</summary>
/// <param name="Counts">One count per bound in <see cref="Bounds"/>, then those above the last.</param>
/// <param name="SumSeconds">Sum of everything observed, seconds.</param>
public sealed record DelayHistogram(ImmutableArray<long> Counts, double SumSeconds)
{
    /// <summary>Upper bounds in seconds, inclusive: 50 us to 20 ms.</summary>
    public static ImmutableArray<double> Bounds { get; } =
        [50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3];
}
