using System.Net;

namespace Conference.Media.Forwarding;

/// <summary>One CONN's port. A transport derives its own.</summary>
internal abstract class ClientPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number) : MediaPort(id, service)
{
    public AddressKey Client => client;

    public IPAddress Address => address;

    public int Number => number;

    /// <summary>The loop that sends to this port's client: the room's, or in a large room any. The control side's.</summary>
    public int Loop { get; set; }
}
