using Conference.Media.Forwarding;

namespace Conference.Media.Trunks;

/// <summary>All of a room and service that is on another node, as one receiver: what members here send goes there once, and what it asks for
/// it asks for on behalf of everybody there.</summary>
internal sealed class TrunkOutlet : MediaPort
{
    private int _peerLoop;

    public TrunkOutlet(RoomService service, TrunkPeer peer)
        : base(default, service)
    {
        Peer = peer;
        IsFresh = true;
    }

    public TrunkPeer Peer { get; }

    /// <summary>The loop the room lives on there.</summary>
    public int PeerLoop
    {
        get => Volatile.Read(ref _peerLoop);
        set => Volatile.Write(ref _peerLoop, value);
    }
}
