namespace Conference.Actors.Cluster;

/// <summary>The links of a node that has no peers.</summary>
public sealed class NoLinks : INodeLinks
{
    private NoLinks()
    {
    }

    public static NoLinks Instance { get; } = new();

    public bool TrySend(NodeId to, ReadOnlySpan<byte> message) => false;

    public void Attach(INodeLinkHandler handler)
    {
    }
}
