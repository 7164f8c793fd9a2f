using System.Diagnostics.Metrics;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Media;
using Conference.Node.Links;
using Conference.Node.Persistence;
using Conference.Node.Persistence.Postgres;
using Conference.Node.Settings;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// This node's place among others: a cluster of one without PostgreSQL, otherwise membership and links. Prepared before the actors start,
/// joined once they can be spoken to, left when they have handed over.
/// </summary>
public sealed class NodeCluster : IAsyncDisposable
{
    /// <summary>A node that joins a cluster in trouble starts all the same: it is not ready, and goes on trying.</summary>
    private static readonly TimeSpan _joinPatience = TimeSpan.FromSeconds(10);

    private readonly PostgresCluster? _membership;
    private readonly NodeLinks? _links;

    private NodeCluster(ICluster cluster, PostgresCluster? membership = null, NodeLinks? links = null) =>
        (Cluster, _membership, _links) = (cluster, membership, links);

    public ICluster Cluster { get; }

    public INodeLinks Links => (INodeLinks?)_links ?? NoLinks.Instance;

    /// <summary>How long this node may act whatever happens; null: for ever.</summary>
    public TimeSpan? LeaseLeft => _membership?.LeaseLeft;

    /// <summary>To the other nodes, one each.</summary>
    public IReadOnlyList<LinkHealth> LinkHealth => _links?.Read() ?? [];

    /// <summary>Where other nodes send media; null where there are none.</summary>
    public static TrunkOptions? TrunksOf(NodeSettings settings) => settings.Store.Postgres is null
        ? null
        : new TrunkOptions(settings.Cluster.Address, settings.Cluster.Port) { Advertise = settings.Cluster.Advertise };

    /// <summary>Listens for links; joins nothing yet.</summary>
    /// <exception cref="StoreException">The cluster's secret cannot be read.</exception>
    /// <exception cref="SettingsException">The certificates cannot be used.</exception>
    /// <exception cref="IOException">Nobody can listen at <c>Cluster:Port</c>.</exception>
    public static async Task<NodeCluster> PrepareAsync(
        NodeSettings settings, IConferenceStore store, LinkCertificate certificate, Meter meter, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (settings.Store.Postgres is not { } postgres)
            return new NodeCluster(new SingleNodeCluster(settings.Name, settings.ClientHost));
        var links = await NodeLinks.StartAsync(
            new Node.Links.LinkOptions
            {
                Listen = new IPEndPoint(settings.Cluster.Address, settings.Cluster.Port),
                Secret = new LinkSecret(settings.Cluster.Secret ?? await ReadSecretAsync(postgres, cancellationToken)),
                Credentials = () => certificate.Current,
            },
            meter, loggers, TimeProvider.System, cancellationToken);
        var card = new NodeCard(settings.Name, new IPEndPoint(settings.Cluster.Advertise, links.LocalEndPoint.Port), settings.ClientHost);
        var membership = new PostgresCluster(postgres, card, new MembershipRules(), ((PostgresStore)store).LiveAs, meter, loggers);
        return new NodeCluster(membership, membership, links);
    }

    /// <summary>Joins, and waits a while until it may act. Actors can be spoken to by now.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (_membership is null)
            return;
        _links!.Open(_membership, _membership);
        _membership.Start();
        await ((Task)_membership.Joined.WaitAsync(_joinPatience, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Hands over all shards, and takes none until it is called off.</summary>
    public void Drain() => _membership?.Drain();

    public void CallOffDrain() => _membership?.CallOffDrain();

    /// <summary>Hands over what there is and goes. Completes when this node owns nothing, if the database lets it.</summary>
    public Task LeaveAsync() => _membership?.LeaveAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_membership is not null)
            await _membership.DisposeAsync();
        if (_links is not null)
            await _links.DisposeAsync();
    }

    private static async Task<string> ReadSecretAsync(string postgres, CancellationToken cancellationToken)
    {
        try
        {
            return await ClusterSecret.ReadAsync(postgres, cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new StoreException($"the cluster's secret cannot be read: {e.Message}", e);
        }
    }
}
