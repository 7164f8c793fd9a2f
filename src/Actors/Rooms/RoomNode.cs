using Conference.Actors.Cluster;
using Conference.Actors.Runtime;

namespace Conference.Actors.Rooms;

/// <summary>A node that has members of a room.</summary>
/// <param name="Id">Which.</param>
/// <param name="Forwarders">Who hears there what happens.</param>
public sealed record RoomNode(NodeId Id, IActorRef Forwarders);
