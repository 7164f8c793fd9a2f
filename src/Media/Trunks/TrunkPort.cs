using Conference.Media.Forwarding;
using Conference.Media.Streams;

namespace Conference.Media.Trunks;

/// <summary>A member's port on another node: sends here by that node's trunk, and is told by it what receivers here miss.</summary>
/// <param name="id">As that node numbers it.</param>
/// <param name="peer">That node.</param>
internal sealed class TrunkPort(PortId id, RoomService service, TrunkPeer peer) : MediaPort(id, service)
{
    // Longer than two nodes of one cluster are apart, shorter than what is asked for is kept there.
    private const long AskAgainAfter = 40 * Clock.Millisecond;

    private const int MostPerPacket = 2;

    private int _peerLoop;

    public TrunkPeer Peer => peer;

    /// <summary>The loop its room lives on there.</summary>
    public int PeerLoop
    {
        get => Volatile.Read(ref _peerLoop);
        set => Volatile.Write(ref _peerLoop, value);
    }

    /// <summary>Its packets that its node was asked for, on behalf of all receivers here. Its loop's own.</summary>
    public NackLedger Asked => field ??= new NackLedger(MostPerPacket, AskAgainAfter);
}
