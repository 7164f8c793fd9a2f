using Conference.Actors.Cluster;

namespace Conference.Node.Statistics;

/// <summary>This node's figures, as its actors hand them to other nodes.</summary>
public sealed class PublishedStatistics(LocalStatistics local) : INodeStatistics
{
    public byte[]? Latest(bool withRooms) => local.Latest(withRooms) is { } statistics ? StatisticsBytes.Write(statistics) : null;
}
