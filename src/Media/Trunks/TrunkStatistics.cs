using System.Collections.Immutable;

namespace Conference.Media;

/// <summary>Why something that came by a trunk, or was to go by one, went no further. The names are the <c>reason</c> label of the drop
/// counter.</summary>
public enum TrunkDropReason
{
    /// <summary>Too short, or by a peer's key something that makes no sense.</summary>
    Malformed,

    /// <summary>It names no key of ours: a stranger, or a peer that has been closed.</summary>
    UnknownPeer,

    /// <summary>It names a key and was not sealed with it, or for another loop.</summary>
    Forged,

    /// <summary>It has come before; or so late that this cannot be told.</summary>
    Replayed,

    /// <summary>From, or about, a port that no route names on this loop (yet, or any more).</summary>
    NoRoute,

    /// <summary>Larger than a datagram is once it is sealed, or than the path takes.</summary>
    TooLarge,

    /// <summary>To a node that has made no offer (yet), or whose key is used up.</summary>
    NoTrunk,

    /// <summary>The operating system did not take it.</summary>
    SendFailed,
}

/// <summary>Counters of all trunks of this node since start.</summary>
/// <param name="DatagramsIn">Received, and found to be a peer's.</param>
/// <param name="BytesIn">UDP payload of those, as it was on the wire.</param>
/// <param name="DatagramsOut">Sent.</param>
/// <param name="BytesOut">UDP payload of those, as it was on the wire.</param>
/// <param name="Drops">By reason, indexed by <see cref="TrunkDropReason"/>.</param>
/// <param name="Peers">Those that may send, may be sent to, or have ports in the routes.</param>
public sealed record TrunkStatistics(
    long DatagramsIn, long BytesIn, long DatagramsOut, long BytesOut, ImmutableArray<long> Drops, ImmutableArray<TrunkPeerStatistics> Peers)
{
    public static TrunkStatistics None { get; } = new(0, 0, 0, 0, [.. new long[Enum.GetValues<TrunkDropReason>().Length]], []);
}

/// <param name="Peer">Which.</param>
/// <param name="IsOpen">It has made an offer: what is for it is sent.</param>
/// <param name="KeyUse">How far it has got with the newest key it has used: the highest number of any of its loops. A key is used up
/// at 2^32.</param>
public sealed record TrunkPeerStatistics(PeerId Peer, bool IsOpen, long KeyUse);
