using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Rooms;

/// <summary>Of what a member wants of a service, the part that concerns what it sends: other nodes must know it too.</summary>
/// <param name="IsMuted">By itself: it sends nothing.</param>
/// <param name="Layers">The simulcast layers it sends.</param>
[MessagePackObject]
public sealed record PortSending([property: Key(0)] bool IsMuted, [property: Key(1)] SimulcastLayers Layers)
{
    public static PortSending Of(JoiningPort port) => new(port.Parameters.Muted, port.Parameters.Layers);

    public JoiningPort Applied(JoiningPort port) => port with { Parameters = port.Parameters with { Muted = IsMuted, Layers = Layers } };
}
