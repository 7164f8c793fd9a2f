namespace Conference.Node.Links;

/// <summary>Why a link is no more.</summary>
internal enum LinkEnd
{
    /// <summary>It is still there.</summary>
    None,

    /// <summary>The other side closed it.</summary>
    Closed,

    /// <summary>The connection broke.</summary>
    Broken,

    /// <summary>Nothing arrived for too long.</summary>
    Silent,

    /// <summary>The other side took nothing for too long.</summary>
    Stalled,

    /// <summary>What arrived is not what nodes say.</summary>
    Malformed,

    /// <summary>The other side has made a new one, so this one is dead there.</summary>
    Replaced,

    /// <summary>The other node is not in the cluster any more.</summary>
    Left,

    /// <summary>This node goes on under another id.</summary>
    Renamed,

    /// <summary>This node stops.</summary>
    Stopped,

    /// <summary>Whoever was to hear what arrived could not.</summary>
    Failed,
}

internal static class LinkEnds
{
    /// <summary>As metrics and logs name them.</summary>
    public static string Label(this LinkEnd end) => end.ToString().ToLowerInvariant();
}
