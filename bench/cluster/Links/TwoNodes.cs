using System.Diagnostics.Metrics;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Node.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Bench.Cluster.Links;

/// <summary>A cluster that is known beforehand: two nodes, of which the first dials.</summary>
internal sealed class TwoNodes : ICluster, ILinkObserver
{
    public static readonly NodeId First = new(new Guid(1, 0, 0, new byte[8]));
    public static readonly NodeId Second = new(new Guid(2, 0, 0, new byte[8]));

    public TwoNodes(NodeId self, IPEndPoint second)
    {
        Self = self;
        View = new ClusterView(1, [Node(First, "first", new IPEndPoint(IPAddress.Loopback, 1)), Node(Second, "second", second)], []);

        static ClusterNode Node(NodeId id, string name, IPEndPoint link) => new(id, name, link, 1, NodeState.Up, "127.0.0.1");
    }

    public NodeId Self { get; }

    public ClusterView View { get; }

    public bool HoldsLease => true;

    public static Task<NodeLinks> ListenAsync(string secret)
    {
        var credentials = LinkCredentials.SelfSigned(TimeProvider.System);
        var options = new LinkOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Secret = new LinkSecret(secret), Credentials = () => credentials };
        return NodeLinks.StartAsync(options, new Meter("bench"), NullLoggerFactory.Instance, TimeProvider.System);
    }

    public IDisposable Subscribe(Action<ClusterView> changed)
    {
        changed(View);
        return new MemoryStream(0);
    }

    public void Refresh()
    {
    }

    public void Attach(IShardHost host)
    {
    }

    public void LinkUp(NodeId peer)
    {
    }

    public void LinkDown(NodeId peer)
    {
    }
}
