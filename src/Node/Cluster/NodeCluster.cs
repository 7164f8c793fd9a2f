using System.Diagnostics.Metrics;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Node.Links;
using Conference.Node.Persistence;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Settings;

namespace Conference.Node.Cluster;

/// <summary>The cluster this node is in, and its links to the others: by itself with a file for a store, with others where they share a PostgreSQL.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    /// <summary>How long a start waits for its place in the cluster. After it the node is started all the same.</summary>
    private static readonly TimeSpan _joinLimit = TimeSpan.FromSeconds(10);

    /// <summary>Longer than the others leave a shard with an owner that does not hand it over; after it, it is theirs.</summary>
    private static readonly TimeSpan _drainLimit = TimeSpan.FromSeconds(12);

    /// <summary>A node that cannot tell the database that it goes does so without a word; the others find out.</summary>
    private static readonly TimeSpan _leaveLimit = TimeSpan.FromSeconds(5);

    private readonly PostgresCluster? _arbiter;
    private readonly NodeLinks? _links;
    private readonly ILogger _log;

    private NodeCluster(ICluster cluster, NodeLinks? links, ILogger log) =>
        (Cluster, _arbiter, _links, _log) = (cluster, cluster as PostgresCluster, links, log);

    public ICluster Cluster { get; }

    public INodeLinks Links => _links is { } links ? links : NoLinks.Instance;

    /// <summary>How long this node may act whatever happens; null: for ever.</summary>
    public TimeSpan? LeaseLeft => _arbiter?.LeaseLeft;

    /// <summary>Listens for links. Nobody is told of the node before <see cref="JoinAsync"/>.</summary>
    /// <param name="settings">All there are.</param>
    /// <param name="store">What was opened.</param>
    /// <param name="hosting">Makes the links; null where there is no cluster.</param>
    /// <param name="meter">Where it counts.</param>
    /// <param name="loggers">Where it reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The cluster's port is in use, or the address not this machine's.</exception>
    public static async Task<NodeCluster> CreateAsync(
        NodeSettings settings, IConferenceStore store, LinkHosting? hosting, Meter meter, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var log = loggers.CreateLogger<NodeCluster>();
        if (settings.Store.Postgres is not { } postgres || store is not PostgresStore sessions || hosting is null)
        {
            var alone = new SingleNodeCluster(settings.Name, settings.ClientHost);
            _ = new ClusterMetrics(meter, alone, null);
            return new NodeCluster(alone, null, log);
        }

        string secret = settings.Cluster.Secret ?? await ClusterSecret.ReadAsync(postgres, cancellationToken);
        var links = await hosting.StartAsync(secret, cancellationToken);
        var card = new NodeCard(settings.Name, new IPEndPoint(settings.Cluster.Advertise, links.LocalEndPoint.Port), settings.ClientHost);
        var cluster = new PostgresCluster(
            postgres, card, new MembershipRules(), life => sessions.Rename(SessionNames.ApplicationName(life)), meter, loggers);
        return new NodeCluster(cluster, links, log);
    }

    /// <summary>
    /// Enters the cluster, and waits until it is one of those that own shards and each shard has an owner: then what the first client asks is
    /// answered. The actors are attached by now.
    /// </summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (_arbiter is not { } arbiter)
            return;
        _links!.Open(arbiter, arbiter);
        arbiter.Start();
        try
        {
            await UntilAsync(arbiter, IsComplete).WaitAsync(_joinLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            ClusterLog.NotJoined(_log);
        }
    }

    /// <summary>Hands over all shards, if there is anybody to take them. The node stays reachable for the others.</summary>
    public async Task HandOverAsync()
    {
        if (_arbiter is not { } arbiter)
            return;
        arbiter.Drain();
        try
        {
            await UntilAsync(arbiter, IsRelieved).WaitAsync(_drainLimit);
        }
        catch (TimeoutException)
        {
            ClusterLog.NotHandedOver(_log);
        }
    }

    private static bool IsComplete(ClusterView view, NodeId self) =>
        view.Find(self)?.State == NodeState.Up && view.Shards.All(s => s.Owner is { } owner && view.Find(owner) is not null);

    /// <summary>Owns nothing, or is alone with it.</summary>
    private static bool IsRelieved(ClusterView view, NodeId self) =>
        view.Shards.All(s => s.Owner != self) || !view.Nodes.Any(n => n.State == NodeState.Up && n.Id != self);

    private static async Task UntilAsync(PostgresCluster arbiter, Func<ClusterView, NodeId, bool> isSo)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = arbiter.Subscribe(view =>
        {
            if (isSo(view, arbiter.Self))
                reached.TrySetResult();
        });
        await reached.Task;
    }

    /// <summary>Takes shards again, after <see cref="HandOverAsync"/>.</summary>
    public void TakeBack() => _arbiter?.CallOffDrain();

    /// <summary>Goes. What is still here is stopped, and free for whoever comes.</summary>
    public async Task LeaveAsync()
    {
        if (_arbiter is not { } arbiter)
            return;
        try
        {
            await arbiter.LeaveAsync().WaitAsync(_leaveLimit);
        }
        catch (TimeoutException)
        {
            ClusterLog.NotLeft(_log);
        }
    }

    /// <summary>Ends the links and the sessions with the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_links is { } links)
            await links.DisposeAsync();
        if (_arbiter is { } arbiter)
            await arbiter.DisposeAsync();
    }
}
