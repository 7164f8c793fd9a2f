using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Akka.Actor;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Support;

/// <summary>What rooms and nodes tell each other, made up. Sessions and nodes are known by small numbers.</summary>
public static class RoomMakings
{
    public static Name Room { get; } = Name.Parse("standup");

    public static NodeId Node(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static Service Service(string name) => Protocol.Service.TryParse(name, out var service) ? service : throw new ArgumentException(name);

    public static Participant Who(string name, int session, int node) =>
        new(new SessionId(session), Name.Parse(name), ActorRefs.Nobody, Node(node), ActorRefs.Nobody, $"node-{node}");

    public static JoiningPort Port(int port, string service = "video", string layers = "none") => new(
        new PortId(port), 11_000 + port, 0, Service(service),
        ServiceParameters.Default with { Layers = SimulcastLayers.Parse(layers)! }, ActorRefs.Nobody);

    /// <param name="term">The number of the first event that life of the room stored.</param>
    public static RoomTerm Term(long term = 7) => new(term);

    public static RoomStamp At(long seq, long term = 7) => new(Term(term), seq);
}
