using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Media.Transport;
using Conference.Node.Metrics;

namespace Conference.Node.Statistics;

/// <summary>What a node's figures are read from. All of it is safe from any thread.</summary>
public sealed record StatisticsSources
{
    /// <summary><c>Node:Name</c></summary>
    public required string NodeName { get; init; }

    public required MediaPlane Plane { get; init; }

    public required IClusterNodes Nodes { get; init; }

    public required IActingGuard Guard { get; init; }

    public required ConferenceMetrics Metrics { get; init; }

    public required ClusterMetrics Cluster { get; init; }

    /// <summary>The URL of this node's console.</summary>
    public required string Console { get; init; }

    /// <summary>Clients are welcome.</summary>
    public required Func<bool> IsReady { get; init; }

    /// <summary>The process is on its way out.</summary>
    public required Func<bool> IsStopping { get; init; }
}
