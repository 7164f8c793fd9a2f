using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>The other nodes of the view, for one life of this node: links are made between lives. Safe from any thread.</summary>
internal sealed class Neighbourhood(NodeId self, LinkContext context)
{
    private readonly Lock _gate = new();
    private readonly LinkDialer _dialer = new(context, self);
    // Of peers that were closed: what the next of the same id must wait for.
    private readonly Dictionary<NodeId, Task> _farewells = [];
    // Never changed, only replaced.
    private volatile Dictionary<NodeId, Peer> _peers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <summary>Goes on where another life of this node stopped: what was said in its name is said first.</summary>
    public Neighbourhood(NodeId self, LinkContext context, Neighbourhood before)
        : this(self, context)
    {
        lock (before._gate)
            _farewells = new Dictionary<NodeId, Task>(before._farewells);
    }

    public NodeId Self { get; } = self;

    public IReadOnlyCollection<Peer> Peers => _peers.Values;

    public Peer? Find(NodeId node) => _peers.GetValueOrDefault(node);

    public void Update(ClusterView view)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            var peers = new Dictionary<NodeId, Peer>();
            foreach (var node in view.Nodes)
            {
                if (node.Id == Self)
                    continue;
                var peer = peers[node.Id] = Find(node.Id) ?? Open(node);
                peer.Node = node;
            }

            foreach (var peer in _peers.Values.Where(p => !peers.ContainsKey(p.Node.Id)))
                Close(peer, LinkEnd.Left, TimeSpan.Zero);
            _peers = peers;
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for a node that is not there yet.</summary>
    /// <exception cref="OperationCanceledException">It did not come in time.</exception>
    public async Task<Peer> FindAsync(NodeId node, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Find(node) is { } peer)
                    return peer;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>No more links. What must still be said of those there are is in <see cref="FarewellAsync"/>.</summary>
    public void Close(LinkEnd why, TimeSpan patience)
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var peer in _peers.Values)
                Close(peer, why, patience);
            _peers = [];
        }
    }

    public Task FarewellAsync()
    {
        lock (_gate)
            return Task.WhenAll(_farewells.Values);
    }

    private Peer Open(ClusterNode node)
    {
        _farewells.Remove(node.Id, out var farewell);
        var peer = new Peer(node, context, farewell ?? Task.CompletedTask);
        context.Reports.Known(node.Name);
        if (Self < node.Id)
            peer.StartDialing(_dialer);
        return peer;
    }

    private void Close(Peer peer, LinkEnd why, TimeSpan patience)
    {
        foreach (var (node, _) in _farewells.Where(f => f.Value.IsCompleted).ToArray())
            _farewells.Remove(node);
        // Elsewhere: what ends with a link may run on the thread that ends it, and this one is the cluster's.
        _farewells[peer.Node.Id] = Task.Run(async () =>
        {
            using (peer)
                await peer.CloseAsync(why, patience);
        });
    }
}
