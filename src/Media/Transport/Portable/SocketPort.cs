using System.Net;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Portable;

/// <summary>A CONN's port on the portable transport: it shares its number's socket and is told apart by its client's address.</summary>
internal sealed class SocketPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number)
    : ClientPort(id, service, client, address, number)
{
    public SocketDoor? Door { get; set; }

    /// <summary>The same number in the other address family, for a client that roams; null where it does not.</summary>
    public SocketDoor? OtherDoor { get; set; }

    /// <summary>The one of both by which its client has come, and is sent to; null before it has latched.</summary>
    public SocketDoor? Entrance { get; set; }

    /// <summary>Where the client sends from, once it has.</summary>
    public SocketAddress? Peer { get; set; }

    public long LastHeard { get; set; }

    public override AddressKey HeardFrom => SocketDoor.KeyOf(Peer!);
}
