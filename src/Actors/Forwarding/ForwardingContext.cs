using Conference.Actors.Cluster;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>What a node gives its forwarders.</summary>
/// <param name="Plane">Where routes go.</param>
/// <param name="Self">This node.</param>
/// <param name="Metrics">Where members are counted.</param>
public sealed record ForwardingContext(IMediaPlane Plane, NodeId Self, ConferenceMetrics Metrics)
{
    private long _routesVersion;

    /// <summary>Grows over the whole node, so that a forwarder that comes after another of the same room is never behind it.</summary>
    public long NextRoutesVersion() => Interlocked.Increment(ref _routesVersion);
}
