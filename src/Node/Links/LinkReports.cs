using System.Net;
using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>Counts and logs what becomes of links, and of connections that do not become any.</summary>
internal sealed class LinkReports(LinkMetrics metrics, ILogger log, TimeProvider time)
{
    private readonly OncePerMinute _often = new(time);

    /// <param name="from">Who connected.</param>
    /// <param name="refusal">Why it was no use.</param>
    /// <param name="isOurs">This side refused.</param>
    /// <param name="detail">Whatever else is known.</param>
    public void Refused(IPAddress from, LinkRefusal refusal, bool isOurs, string? detail)
    {
        if (_often.MaySay(from, refusal))
            LinkLog.RefusedFrom(log, from, Why(refusal, isOurs, detail));
        metrics.Refused(refusal);
    }

    public void NoLinkTo(ClusterNode node, LinkRefusedException refused)
    {
        if (_often.MaySay(node.Link.Address, refused.Refusal))
            LinkLog.NoLinkTo(log, node.Name, node.Link, Why(refused.Refusal, refused.IsOurs, refused.Detail));
        if (refused.Refusal != LinkRefusal.Unreachable)
            metrics.Refused(refused.Refusal);
    }

    public void Up(ClusterNode node, LinkPartner partner) => LinkLog.Up(log, node.Name, node.Id.ToString(), partner.Release, partner.Protocol);

    public void Down(ClusterNode node, LinkEnd end)
    {
        if (end is LinkEnd.Closed or LinkEnd.Left or LinkEnd.Renamed or LinkEnd.Stopped)
            LinkLog.Down(log, node.Name, node.Id.ToString(), end.Label());
        else
            LinkLog.Cut(log, node.Name, node.Id.ToString(), end.Label());
        metrics.Lost(end);
    }

    public void HandlerFailed(ClusterNode node, Exception failure)
    {
        LinkLog.HandlerFailed(log, failure, node.Name, node.Id.ToString());
        metrics.Lost(LinkEnd.Failed);
    }

    /// <summary>There is such a node, and nothing for it was dropped yet.</summary>
    public void Known(string name) => metrics.Dropped(name, 0);

    public void Dropped(string name) => metrics.Dropped(name, 1);

    private static string Why(LinkRefusal refusal, bool isOurs, string? detail) =>
        refusal.Label() + (isOurs ? "" : ", says the other side") + (detail is null ? "" : $": {detail}");
}
