using System.Diagnostics.Metrics;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Node.Cluster;

namespace Conference.Node.Links;

/// <summary>
/// This node's links: one WebSocket to every other node of the view, dialled by the one with the smaller id. Listens once started, so that the
/// node can say where before it joins; links once it is open.
/// </summary>
public sealed class NodeLinks : INodeLinks, ILinkHealth, IAsyncDisposable
{
    private readonly LinkOptions _options;
    private readonly LinkTraffic _traffic = new();
    private readonly LinkMetrics _metrics;
    private readonly LinkReports _reports;
    private readonly TimeProvider _time;
    private readonly LinkListener _listener;
    private readonly Lock _gate = new();
    private INodeLinkHandler? _handler;
    private ICluster? _cluster;
    private IDisposable? _subscription;
    private volatile Neighbourhood? _neighbours;
    private bool _isStopped;

    private NodeLinks(LinkOptions options, Meter meter, ILoggerFactory loggers, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _metrics = new LinkMetrics(meter, () => _neighbours?.Peers ?? [], _traffic);
        var log = loggers.CreateLogger<NodeLinks>();
        _reports = new LinkReports(_metrics, log, time);
        _listener = new LinkListener(options, _reports, AcceptAsync, loggers, time);
    }

    /// <summary>Where links are taken.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <exception cref="IOException">Nobody can listen there: the port is in use, or the address is not this machine's.</exception>
    public static async Task<NodeLinks> StartAsync(
        LinkOptions options, Meter meter, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var links = new NodeLinks(options, meter, loggers, time);
        await links._listener.StartAsync(cancellationToken);
        return links;
    }

    public void Attach(INodeLinkHandler handler) => _handler = handler;

    /// <summary>Links this node to the others of the view, and keeps it so. To be called once, after <see cref="Attach"/>.</summary>
    public void Open(ICluster cluster, ILinkObserver observer)
    {
        var context = new LinkContext(_options, _traffic, _reports, _time)
        {
            Handler = _handler ?? throw new InvalidOperationException("links are opened once there is somebody to hear them"),
            Observer = observer,
        };
        _cluster = cluster;
        _subscription = cluster.Subscribe(view => Update(cluster.Self, view, context));
    }

    public bool TrySend(NodeId to, ReadOnlySpan<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, INodeLinks.MaxMessageBytes, nameof(message));
        if (_neighbours?.Find(to) is { } peer)
            return peer.TrySend(message);
        _reports.Dropped("unknown");
        return false;
    }

    public LinkHealth? Of(NodeId peer) => _neighbours?.Find(peer)?.Health;

    /// <summary>Sends what waits, closes all links, listens no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Neighbourhood? neighbours;
        lock (_gate)
        {
            _isStopped = true;
            neighbours = _neighbours;
            neighbours?.Close(LinkEnd.Stopped, _options.Timings.Farewell);
        }

        _subscription?.Dispose();
        if (neighbours is not null)
            await neighbours.FarewellAsync();
        await _listener.DisposeAsync();
    }

    private void Update(NodeId self, ClusterView view, LinkContext context)
    {
        lock (_gate)
        {
            if (_isStopped)
                return;
            if (_neighbours is not { } neighbours)
                _neighbours = new Neighbourhood(self, context);
            else if (neighbours.Self != self)
            {
                neighbours.Close(LinkEnd.Renamed, TimeSpan.Zero);
                _neighbours = new Neighbourhood(self, context, neighbours);
            }

            _neighbours.Update(view);
        }
    }

    /// <summary>A connection to our port that is a WebSocket by now.</summary>
    private async Task AcceptAsync(IncomingLink incoming, CancellationToken cancellationToken)
    {
        if (_neighbours is not { } neighbours)
            throw new LinkRefusedException(LinkRefusal.Closed, isOurs: true);
        Peer? peer = null;
        var partner = await new LinkHandshake(_options, neighbours.Self).ListenAsync(
            incoming.Channel, incoming.OwnCertificate, incoming.TheirCertificate,
            async (node, token) => (peer = await AdmitAsync(neighbours, node, token)) is not null,
            cancellationToken);
        if (incoming.Prove())
            await peer!.RunAsync(new Link(partner, incoming.Socket, incoming.Abort, _options, _traffic, _time));
    }

    /// <summary>Null for who is not in the view, and is not about to be.</summary>
    private async Task<Peer?> AdmitAsync(Neighbourhood neighbours, NodeId node, CancellationToken cancellationToken)
    {
        if (neighbours.Find(node) is { } known)
            return known;
        using var limit = new CancellationTokenSource(_options.Timings.Admission, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _cluster!.Refresh();
        try
        {
            return await neighbours.FindAsync(node, either.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
