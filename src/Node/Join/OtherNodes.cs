using System.Net;
using Conference.Node.Statistics;

namespace Conference.Node.Join;

/// <summary>Where a page goes on when its node is gone: the other nodes of the cluster, as browsers reach them.</summary>
internal sealed class OtherNodes(ClusterObserver observer)
{
    /// <param name="host">By which the browser reached this node. What this machine calls 127.0.0.1 may be localhost to it: that is another origin, so its own word is used.</param>
    /// <returns>Origins (<c>http://10.0.0.2:8080</c>) of those that take clients.</returns>
    public string[] Origins(HostString host)
    {
        var now = observer.Latest;
        return [.. now.Nodes
            .Where(n => n.Id != now.Self && n.Answers && n.Statistics is { Condition: NodeCondition.Ready })
            .Select(n => n.Statistics!.Console)
            .OfType<string>()
            .Select(console => Origin(new Uri(console), host.Host))];
    }

    private static string Origin(Uri console, string host)
    {
        string origin = console.GetLeftPart(UriPartial.Authority);
        return console.IsLoopback && IsLoopback(host) ? new UriBuilder(origin) { Host = host }.Uri.GetLeftPart(UriPartial.Authority) : origin;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
