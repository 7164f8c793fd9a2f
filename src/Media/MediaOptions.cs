using System.Net;

namespace Conference.Media;

/// <summary>Settings of the media plane (<c>Media:*</c>).</summary>
public sealed record MediaOptions
{
    /// <summary>First and last UDP port number of the pool, both included.</summary>
    public (int First, int Last) Ports { get; init; } = (11000, 19999);

    /// <summary>The address to listen on. <see cref="IPAddress.Any"/> and <see cref="IPAddress.IPv6Any"/> both mean every address of both families.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>CONNs at most, over all numbers and addresses: the process has only so many descriptors.</summary>
    public int MaxPorts { get; init; } = int.MaxValue;

    /// <summary>Asked before every CONN: true where there is no memory for one more.</summary>
    public Func<bool> IsMemoryShort { get; init; } = () => false;

    /// <summary>Loop threads.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether the kernel's segmentation offload is used where it works.</summary>
    public OffloadMode Offload { get; init; } = OffloadMode.Auto;

    /// <summary>Where other nodes send to; null where there are none.</summary>
    public TrunkOptions? Trunk { get; init; }

    /// <summary>A room with more ports than this is carried by all loops together. Handing a batch to another loop costs about as much as
    /// three or four sends (a copy, a wake-up): above so many receivers, the sends it takes away cost far more than that.</summary>
    public int SpreadRoomsAbove { get; init; } = 32;

    /// <summary>What browsers are reached by; null for none.</summary>
    public WebOptions? Web { get; init; }

    /// <summary>How long a number stays out of use for an address that has just used it, while the pool has another.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a latched client must be silent before another source port of its address may take its place.</summary>
    public TimeSpan RelatchAfter { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Whether datagrams travel between the plane and the kernel several at a time.</summary>
public enum OffloadMode
{
    /// <summary>Tried at start, and used where it works.</summary>
    Auto,

    /// <summary>One datagram at a time.</summary>
    Off,
}

/// <summary>One UDP port of one CONN. Never reused in a process's life, unlike the port's number.</summary>
public readonly record struct PortId(long Value);

/// <summary>A room, by the name its owner knows it by.</summary>
public readonly record struct RoomId(string Value);

/// <summary>One user in one room. Two sessions of the same user share it, so that <c>select joe</c> means both.</summary>
public readonly record struct ParticipantId(int Value);

/// <summary>What a port carries ("video", "audio", ...). Ports of one room hear each other only within one service.</summary>
public readonly record struct ServiceName(string Value)
{
    public override string ToString() => Value;
}

/// <summary>RTP synchronisation source, RFC 3550 section 3.</summary>
public readonly record struct Ssrc(uint Value);

/// <summary>One life of another node of the cluster, at the far end of a trunk.</summary>
public readonly record struct PeerId(Guid Value);
