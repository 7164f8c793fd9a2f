using Conference.Actors.Cluster;
using Conference.Actors.Runtime;

namespace Conference.Actors.Rooms;

/// <summary>What a node gives its rooms.</summary>
/// <param name="Options">What holds for rooms that have no settings of their own.</param>
/// <param name="Users">The region of users, which knows the rooms' in turn.</param>
/// <param name="Cluster">Which nodes there are.</param>
/// <param name="Nodes">How they are reached.</param>
/// <param name="Metrics">Where open rooms are counted.</param>
public sealed record RoomContext(RoomOptions Options, Func<IActorRef> Users, ICluster Cluster, INodeRefs Nodes, ConferenceMetrics Metrics);
