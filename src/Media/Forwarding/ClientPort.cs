using System.Net;
using Conference.Media.Rtp;
using Conference.Media.Streams;

namespace Conference.Media.Forwarding;

/// <summary>One CONN's port. A transport derives its own.</summary>
internal abstract class ClientPort(PortId id, RoomService service, AddressKey client, IPAddress address, int number) : MediaPort(id, service)
{
    public AddressKey Client => client;

    public IPAddress Address => address;

    public int Number => number;

    /// <summary>The browser's connection that carries it; null for a port with a number of its own.</summary>
    public virtual WebId? Web => null;

    /// <summary>The loop that sends to this port's client: the room's, or in a large room any. The control side's.</summary>
    public int Loop { get; set; }

    /// <summary>The address its client sends from; of no meaning before it has latched.</summary>
    public virtual AddressKey HeardFrom => client;

    /// <summary>Null where it has never been given a token. Set by <see cref="RoamingPorts"/>.</summary>
    public PortRoaming? Roaming { get; set; }
}

/// <summary>One received datagram: where it lies in the loop's slab.</summary>
internal struct Datagram(int offset, int length)
{
    public int Offset = offset;
    public int Length = length;
    public DatagramKind Kind = DatagramKind.Opaque;

    /// <summary>For RTP of a believed source; set on the source's loop.</summary>
    public PacketFacts Facts;

    public readonly Span<byte> In(Span<byte> slab) => slab.Slice(Offset, Length);
}
