using System.Net;

namespace Conference.Actors.Cluster;

/// <summary>
/// The cluster of a node that has no arbiter: itself. It owns every shard at epoch 0, which no fence carries, and its lease never
/// ends, since nobody else could own anything.
/// </summary>
public sealed class SingleNodeCluster : ICluster
{
    /// <param name="name"><c>Node:Name</c></param>
    /// <param name="host">Where clients reach it.</param>
    public SingleNodeCluster(string name = "node", string host = "127.0.0.1")
    {
        Self = new NodeId(Guid.NewGuid());
        var node = new ClusterNode(Self, name, new IPEndPoint(IPAddress.Loopback, 0), Number: 0, NodeState.Up, host);
        View = new ClusterView(0, [node], [.. Enumerable.Repeat(new ShardPlace(Self, Epoch: 0, Target: null), ClusterView.ShardCount)]);
    }

    public NodeId Self { get; }

    public ClusterView View { get; }

    public bool HoldsLease => true;

    public IDisposable Subscribe(Action<ClusterView> changed)
    {
        changed(View);
        return Unchanging.Instance;
    }

    public void Refresh()
    {
    }

    public void Attach(IShardHost host)
    {
    }

    /// <summary>There is one view, so there is nobody to call back later, and nothing to end.</summary>
    private sealed class Unchanging : IDisposable
    {
        internal static readonly Unchanging Instance = new();

        public void Dispose()
        {
        }
    }
}
