using Conference.Actors.Cluster;

namespace Conference.Node.Figures;

/// <summary>This node's figures, as its actors hand them to other nodes.</summary>
public sealed class PublishedFigures(LocalFigures local) : INodeFigures
{
    public byte[]? Latest(bool withRooms) => local.Latest(withRooms) is { } figures ? FigureBytes.Write(figures) : null;
}
