using Conference.Actors.Cluster;
using Conference.Media.Transport;
using Conference.Node.Akka;
using Conference.Node.Akka.Remoting;
using Conference.Node.Settings;
using Conference.Node.Store;

namespace Conference.Node;

/// <summary>
/// What stands before the actor system starts and after it has ended: the store, this node's place in the cluster's database, the media plane. As a hosted
/// service it is the first, and so the last to stop.
/// </summary>
internal sealed class NodeFoundation : IHostedService, IAsyncDisposable
{
    private NodeFoundation(ConferenceStore store, NodeTable? table, NodeCredentials? shared, ActingGuard? guard, MediaPlane plane) =>
        (Store, Table, SharedCredentials, ClusterGuard, Plane) = (store, table, shared, guard, plane);

    public ConferenceStore Store { get; }

    /// <summary>Null for a node that is alone.</summary>
    public NodeTable? Table { get; }

    /// <summary>Those that the cluster's database keeps; null for a node that is alone or has the operator's.</summary>
    public NodeCredentials? SharedCredentials { get; }

    /// <summary>Null for a node that is alone.</summary>
    public ActingGuard? ClusterGuard { get; }

    public IActingGuard Guard => ClusterGuard is { } guard ? guard : AlwaysActing.Instance;

    public MediaPlane Plane { get; }

    /// <exception cref="StoreException">The store cannot be used.</exception>
    /// <exception cref="ClusterStartException">This node cannot be a node of its cluster.</exception>
    /// <exception cref="PortException">Somebody has the port between nodes, and it is no node of this cluster.</exception>
    public static async Task<NodeFoundation> LayAsync(NodeSettings settings, ILoggerFactory loggers)
    {
        // Where there are tables, it may be this node's last life that has the port: the table of nodes knows, and waits for it.
        if (settings.Store.Postgres is { } database && PortsInAdvance.TryCluster(settings.Cluster) is { } inUse && !await PostgresStore.IsMadeAsync(database))
            throw inUse;
        var store = await ConferenceStore.OpenAsync(settings.Store, loggers);
        NodeTable? table = null;
        try
        {
            NodeCredentials? shared = null;
            if (settings.Store.Postgres is { } postgres)
            {
                var place = NodeEndpoint.Of(settings.Cluster.Advertise, settings.Cluster.Address, settings.Cluster.Port);
                table = await NodeTable.OpenAsync(new ClusterDatabase(postgres, settings.Name), place, settings.Name, loggers);
                if (settings.Cluster.Tls is null)
                    shared = await ClusterCertificate.ReadAsync(table, settings.Cluster.Secret, loggers);
            }

            var guard = table is null ? null : new ActingGuard(ClusterTimings.Default);
            return new NodeFoundation(store, table, shared, guard, MediaPlane.Start(settings.Media, TimeProvider.System));
        }
        catch
        {
            if (table is not null)
                await table.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Plane.Dispose();
        await Store.DisposeAsync();
        // The lock that says that this node lives is the last it gives up.
        if (Table is { } table)
            await table.DisposeAsync();
    }
}
