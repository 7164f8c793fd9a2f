using Conference.Node.Files;
using Conference.Node.Settings;

namespace Conference.Node.Links;

/// <summary>What this node shows the others now: the operator's certificate, read again when it changes, or one made for this run.</summary>
public sealed class LinkCertificate
{
    private readonly Func<LinkCredentials> _current;

    internal LinkCertificate(Reloading<LinkCredentials>? files)
    {
        var made = files is null ? LinkCredentials.SelfSigned(TimeProvider.System) : null;
        _current = () => made ?? files!.Current;
    }

    public LinkCredentials Current => _current();
}

internal static class LinkCertificateServices
{
    public static void AddLinkCertificate(this IServiceCollection services, ClusterTlsSettings? tls)
    {
        if (tls is not null)
            services.AddReloading(
                "Conference.Node.Links", [tls.Certificate, tls.Key, tls.Authority], LinkCredentials.Read,
                (log, credentials) => LinkLog.CertificateReloaded(log, credentials.NotAfter), LinkLog.CertificateBad);
        services.AddSingleton(s => new LinkCertificate(s.GetService<Reloading<LinkCredentials>>()));
    }
}
