using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.TestKit.Cluster;

/// <summary>One node of a <see cref="TestCluster"/>: a test kit of its own, and the cluster and the links as this node has them.</summary>
public sealed class TestNode : TestKit, ICluster, INodeLinks
{
    private readonly TestCluster _cluster;
    private readonly Lock _gate = new();
    private readonly List<Action<ClusterView>> _subscribers = [];
    private volatile ClusterView _view;
    private volatile bool _holdsLease = true;

    internal TestNode(TestCluster cluster, string name, NodeId id) : base(name, cluster.Time, cluster.Activity)
    {
        _cluster = cluster;
        Name = name;
        Id = id;
        Number = cluster.Nodes.Count + 1;
        Patience = cluster.Patience;
        _view = cluster.View();
    }

    public string Name { get; }

    public int Number { get; }

    /// <summary>Of its present life.</summary>
    public NodeId Id { get; internal set; }

    public bool HoldsLease
    {
        get => _holdsLease;
        set => _holdsLease = value;
    }

    /// <summary>While true it keeps the view it has, whatever is published.</summary>
    public bool IsBlind { get; set; }

    /// <summary>While true its entities may not act for shards that are draining: their time is over, or has not been set yet.</summary>
    public bool StopsDraining { get; set; }

    /// <summary>How often its actors asked for a newer view.</summary>
    public int Refreshes { get; private set; }

    NodeId ICluster.Self => Id;

    public ClusterView View => _view;

    internal IShardHost? Host { get; private set; }

    internal INodeLinkHandler? Handler { get; private set; }

    /// <summary>See <see cref="TestCluster.Kill"/>.</summary>
    public bool IsDead { get; internal set; }

    /// <summary>Has this node give a shard up, as the arbiter would; it is not given to anybody.</summary>
    public Task HandOffAsync(ShardId shard) => Host!.HandOffAsync(shard, _cluster[shard].Epoch);

    bool ICluster.MayAct(ShardId shard, long epoch)
    {
        var place = _view[shard];
        return HoldsLease && place.Owner == Id && place.Epoch == epoch && !(place.IsDraining && StopsDraining);
    }

    IDisposable ICluster.Subscribe(Action<ClusterView> changed)
    {
        lock (_gate)
        {
            _subscribers.Add(changed);
            changed(_view);
        }
        return new Subscription(this, changed);
    }

    void ICluster.Refresh()
    {
        Refreshes++;
        Look();
    }

    void ICluster.Attach(IShardHost host) => Host = host;

    void INodeLinks.Attach(INodeLinkHandler handler)
    {
        Handler = handler;
        foreach (var other in _cluster.Nodes)
            _cluster.Mend(this, other);
    }

    bool INodeLinks.TrySend(NodeId to, ReadOnlySpan<byte> message) => _cluster.TrySend(this, to, message);

    /// <summary>Sees what there is, once what it saw before has been told.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            var view = _cluster.View();
            if (IsBlind || IsDead || view.Version <= _view.Version)
                return;
            _view = view;
            foreach (var subscriber in _subscribers.ToArray())
                subscriber(view);
        }
    }

    private sealed class Subscription(TestNode node, Action<ClusterView> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (node._gate)
                node._subscribers.Remove(changed);
        }
    }
}
