using System.Net;
using Conference.Node.Statistics;

namespace Conference.Node.Join;

/// <summary>Where a page goes on when its node is gone: the other nodes of the cluster, as browsers reach them.</summary>
internal sealed class OtherNodes(ClusterObserver observer)
{
    /// <returns>Origins (<c>http://10.0.0.2:8080</c>) of those that take clients.</returns>
    public string[] Origins()
    {
        var now = observer.Latest;
        return [.. now.Nodes
            .Where(n => n.Id != now.Self && n.Answers && n.Statistics is { Condition: NodeCondition.Ready })
            .Select(n => n.Statistics!.Console)
            .OfType<string>()
            .Select(console => new Uri(console).GetLeftPart(UriPartial.Authority))];
    }

    /// <summary>
    /// Whether pages of this origin are a node's of this cluster: also of one that is gone, since its pages are those that come here. One on this machine may be called by any of the
    /// machine's own names.
    /// </summary>
    public bool Knows(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var asked)
        && observer.Consoles.Select(c => new Uri(c)).Any(node =>
            node.Scheme == asked.Scheme && node.Port == asked.Port
            && (node.Host.Equals(asked.Host, StringComparison.OrdinalIgnoreCase) || (node.IsLoopback && IsLoopback(asked.Host))));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
