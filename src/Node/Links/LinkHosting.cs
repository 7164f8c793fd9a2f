using Conference.Actors.Cluster;
using Conference.Node.Cluster;
using Conference.Node.Files;
using Conference.Node.Settings;
using Conference.Node.Telemetry;

namespace Conference.Node.Links;

/// <summary>Makes this node's links as its settings say, once the cluster's secret is known.</summary>
/// <param name="settings">Where they listen.</param>
/// <param name="credentials">What the node shows in TLS.</param>
/// <param name="metrics">Where they count.</param>
/// <param name="loggers">Where they log.</param>
/// <param name="time">The clock.</param>
public sealed class LinkHosting(
    ClusterSettings settings, Func<LinkCredentials> credentials, MetricsRegistry metrics, ILoggerFactory loggers, TimeProvider time) : ILinkHealth
{
    private volatile NodeLinks? _links;

    /// <summary>
    /// Listens, so that the node may say where. To be called before the node joins; the links are to be attached to, opened, and disposed
    /// of when nothing more is to be said to other nodes.
    /// </summary>
    /// <exception cref="IOException">Nobody can listen there: the port is in use, or the address is not this machine's.</exception>
    public async Task<NodeLinks> StartAsync(string secret, CancellationToken cancellationToken) =>
        _links = await NodeLinks.StartAsync(
            new LinkOptions
            {
                Listen = new System.Net.IPEndPoint(settings.Address, settings.Port),
                Secret = new LinkSecret(secret),
                Credentials = credentials,
            },
            metrics.Meter, loggers, time, cancellationToken);

    public LinkHealth? Of(NodeId peer) => _links?.Of(peer);
}

internal static class LinkServices
{
    /// <summary><see cref="LinkHosting"/> where there is a cluster, and <see cref="ILinkHealth"/> everywhere.</summary>
    public static IServiceCollection AddNodeLinks(this IServiceCollection services, NodeSettings settings)
    {
        if (settings.Store.Postgres is null)
            return services.AddSingleton<ILinkHealth>(NoLinkHealth.Instance);
        if (settings.Cluster.Tls is { } tls)
        {
            services.AddReloading(
                "Conference.Node.Links", [tls.Certificate, tls.Key, tls.Authority], LinkCredentials.Read,
                (log, read) => LinkLog.CertificateReloaded(log, read.NotAfter), LinkLog.CertificateBad);
        }

        services.AddSingleton(s => new LinkHosting(
            settings.Cluster, Credentials(s), s.GetRequiredService<MetricsRegistry>(), s.GetRequiredService<ILoggerFactory>(),
            s.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<ILinkHealth>(s => s.GetRequiredService<LinkHosting>());
    }

    private static Func<LinkCredentials> Credentials(IServiceProvider services)
    {
        if (services.GetService<Reloading<LinkCredentials>>() is { } files)
            return () => files.Current;
        var selfSigned = LinkCredentials.SelfSigned(services.GetRequiredService<TimeProvider>());
        return () => selfSigned;
    }
}
