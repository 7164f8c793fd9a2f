using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>What everything that has to do with links shares.</summary>
internal sealed record LinkContext(LinkOptions Options, LinkTraffic Traffic, LinkReports Reports, TimeProvider Time)
{
    /// <summary>Who hears what arrives.</summary>
    public required INodeLinkHandler Handler { get; init; }

    /// <summary>Who hears which links there are.</summary>
    public required ILinkObserver Observer { get; init; }
}
