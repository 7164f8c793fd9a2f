using Conference.Actors.Cluster;
using Google.Protobuf;

namespace Conference.Node.Figures;

/// <summary>This node's figures, as its actors hand them to other nodes. The actors start before whoever reads the figures.</summary>
public sealed class PublishedFigures : INodeFigures
{
    private volatile LocalFigures? _source;

    /// <summary>Null: there are none yet.</summary>
    public LocalFigures? Source
    {
        get => _source;
        set => _source = value;
    }

    // Not by a "?.": an array that is null would become memory that is empty.
    public ReadOnlyMemory<byte>? Latest(bool withRooms) =>
        _source?.Latest(withRooms) is { } figures ? figures.ToByteArray() : default(ReadOnlyMemory<byte>?);
}
