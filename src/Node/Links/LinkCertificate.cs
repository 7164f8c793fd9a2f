using Conference.Node.Files;
using Conference.Node.Settings;

namespace Conference.Node.Links;

/// <summary>What this node shows the others: the operator's certificate, read again when it changes, or one made now.</summary>
public sealed class LinkCertificate : IReloading
{
    private readonly Reloading<LinkCredentials>? _files;
    private readonly LinkCredentials? _made;

    /// <param name="settings">Null where no certificate was given.</param>
    /// <param name="log">Hears of a new certificate, and of one that cannot be used.</param>
    /// <exception cref="SettingsException">The files cannot be used.</exception>
    public LinkCertificate(ClusterTlsSettings? settings, ILogger<LinkCertificate> log)
    {
        if (settings is null)
        {
            _made = LinkCredentials.SelfSigned(TimeProvider.System);
            return;
        }

        try
        {
            _files = new Reloading<LinkCredentials>(
                [settings.Certificate, settings.Key, settings.Authority], LinkCredentials.Read,
                read => LinkLog.CertificateReloaded(log, read.NotAfter), e => LinkLog.CertificateBad(log, e.Message));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"Cluster:Certificate: {e.Message}"]);
        }
    }

    public LinkCredentials Current => _made ?? _files!.Current;

    public void Refresh() => _files?.Refresh();
}
