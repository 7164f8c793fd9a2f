using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>Of what a member wants of a service, the part that concerns what it sends: other nodes must know it too.</summary>
/// <param name="IsMuted">By itself: it sends nothing.</param>
/// <param name="Layers">The simulcast layers it sends.</param>
public sealed record PortSending(bool IsMuted, SimulcastLayers Layers)
{
    public static PortSending Of(JoiningPort port) => new(port.Parameters.Muted, port.Parameters.Layers);

    public JoiningPort Applied(JoiningPort port) => port with { Parameters = port.Parameters with { Muted = IsMuted, Layers = Layers } };
}
