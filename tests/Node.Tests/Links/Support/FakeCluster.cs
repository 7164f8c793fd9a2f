using System.Net;
using Conference.Actors.Cluster;

namespace Conference.Node.Tests.Links.Support;

/// <summary>A view that says what the test says.</summary>
internal sealed class FakeCluster(NodeId self) : ICluster
{
    private readonly Lock _gate = new();
    private readonly List<Action<ClusterView>> _subscribers = [];
    private int _refreshes;

    public NodeId Self { get; private set; } = self;

    public ClusterView View { get; private set; } = new(0, [], []);

    public bool HoldsLease => true;

    /// <summary>Set off by the first Refresh.</summary>
    public TaskCompletionSource Refreshed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Refreshes => Volatile.Read(ref _refreshes);

    public void Set(params ClusterNode[] nodes)
    {
        lock (_gate)
        {
            View = new ClusterView(View.Version + 1, [.. nodes], []);
            foreach (var subscriber in _subscribers)
                subscriber(View);
        }
    }

    public void Rename(NodeId self, params ClusterNode[] nodes)
    {
        Self = self;
        Set(nodes);
    }

    public IDisposable Subscribe(Action<ClusterView> changed)
    {
        lock (_gate)
        {
            _subscribers.Add(changed);
            changed(View);
        }

        return new Subscription(() =>
        {
            lock (_gate)
                _subscribers.Remove(changed);
        });
    }

    public void Refresh()
    {
        Interlocked.Increment(ref _refreshes);
        Refreshed.TrySetResult();
    }

    public void Attach(IShardHost host) => throw new NotSupportedException();

    public static ClusterNode Node(NodeId id, IPEndPoint link, string name) => new(id, name, link, 1, NodeState.Up, "127.0.0.1");

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
