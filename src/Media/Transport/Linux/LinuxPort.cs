using System.Net;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>A CONN's port on Linux: once latched, a connected socket of its own.</summary>
/// <remarks>
/// Life: waiting at its door; latched by the door, which opens the socket; handed to its loop, which adopts it. Descriptors
/// change hands under the door's lock, and only the loop that sends on them closes them: whoever closes the port from outside replaces the socket
/// under the descriptor by a tombstone, so that the loop never sends on a number that has become somebody else's.
/// </remarks>
internal sealed class LinuxPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number, LinuxMediaLoop home)
    : LoopPort(id, service, client, address, number, home)
{
    private long _lastHeard;

    /// <summary>Who its client is. Written by the door before the handover, and at every later one.</summary>
    public SocketName Peer;

    /// <summary>Which of our addresses the client has reached: the one its socket answers from.</summary>
    public SocketName Local;

    public LinuxDoor? Door { get; set; }

    /// <summary>The same number in the other address family, for a client that roams; null where it does not.</summary>
    public LinuxDoor? OtherDoor { get; set; }

    /// <summary>The one of both by which its client has come. Set before it latches.</summary>
    public LinuxDoor? Entrance { get; set; }

    /// <summary>The adopted socket, or -1.</summary>
    public int Socket { get; set; } = -1;

    /// <summary>A socket the loop has been told of and has not adopted yet, or -1.</summary>
    public int Pending { get; set; } = -1;

    /// <summary>The socket's place in the loop's poll. The loop's own.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>How many datagrams each message of its last batch held. The loop's own.</summary>
    public int PerMessage { get; set; } = 1;

    public bool IsClosed { get; set; }

    public bool HasPeer { get; set; }

    public override AddressKey HeardFrom => Peer.Address;

    /// <summary>Timestamp of the last batch. Written by the loop, read by the door.</summary>
    public long LastHeard
    {
        get => Volatile.Read(ref _lastHeard);
        set => Volatile.Write(ref _lastHeard, value);
    }
}
