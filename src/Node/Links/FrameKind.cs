namespace Conference.Node.Links;

/// <summary>What a frame is. The numbers go over the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>For <see cref="Actors.Cluster.INodeLinkHandler.Received"/>.</summary>
    Message = 0,

    /// <summary>8 bytes that mean something to the sender; to be sent back at once.</summary>
    Ping = 1,

    /// <summary>The 8 bytes of a ping.</summary>
    Pong = 2,
}
