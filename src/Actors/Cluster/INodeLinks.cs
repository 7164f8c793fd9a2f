namespace Conference.Actors.Cluster;

/// <summary>The links to the other nodes: what the node must provide. Safe from any thread.</summary>
public interface INodeLinks
{
    /// <summary>
    /// Hands a message to the link of a node. In order, at most once. False when there is no link now or its queue is full (which is
    /// counted): the message is gone.
    /// </summary>
    /// <param name="to">Which node.</param>
    /// <param name="message">At most <see cref="MaxMessageBytes"/>. Copied before this returns.</param>
    bool TrySend(NodeId to, ReadOnlySpan<byte> message);

    /// <summary>Who is told what arrives. To be set once, before links open.</summary>
    void Attach(INodeLinkHandler handler);

    const int MaxMessageBytes = 1 << 20;
}

/// <summary>Hears the links. Calls for one peer come one at a time and in order; calls for several may overlap.</summary>
public interface INodeLinkHandler
{
    /// <summary>The link is up: both sides have proved to be of this cluster. Nothing sent before arrives after this.</summary>
    void Connected(NodeId peer);

    /// <param name="peer">From whom.</param>
    /// <param name="message">Valid during the call.</param>
    void Received(NodeId peer, ReadOnlySpan<byte> message);

    /// <summary>The link is down; that says nothing of the node. It is tried again.</summary>
    void Disconnected(NodeId peer);
}
