using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>What a node gives its forwarders.</summary>
/// <param name="Plane">Where routes go.</param>
/// <param name="Users">The region of users: the owner of a room hears what is said there.</param>
/// <param name="Rooms">The region of rooms, which tells these forwarders in turn.</param>
/// <param name="Forwarders">This node's forwarders themselves, as rooms address them.</param>
/// <param name="Cluster">Who else there is.</param>
/// <param name="Views">Tells forwarders of every newer view.</param>
/// <param name="Metrics">Where members are counted.</param>
public sealed record ForwardingContext(
    IMediaPlane Plane, Func<IActorRef> Users, Func<IActorRef> Rooms, Func<IActorRef> Forwarders, ICluster Cluster, ViewFeed Views,
    ConferenceMetrics Metrics)
{
    private long _routesVersion;

    /// <summary>Grows over the whole node, so that a forwarder that comes after another of the same room is never behind it.</summary>
    public long NextRoutesVersion() => Interlocked.Increment(ref _routesVersion);
}
