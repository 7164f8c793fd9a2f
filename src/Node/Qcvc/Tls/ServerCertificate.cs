using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Conference.Node.Qcvc.Tls;

/// <summary>A certificate with its key and chain, ready to be shown to clients. Immutable: a new one on disk becomes a new one of these.</summary>
public sealed class ServerCertificate
{
    private readonly SslServerAuthenticationOptions _options;

    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        NotAfter = certificate.NotAfter.ToUniversalTime();
        _options = new SslServerAuthenticationOptions
        {
            // The chain is built here, once, and from what the operator gave: never from the network.
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
            ClientCertificateRequired = false,
            // Asked for in the middle of a session it would only serve to make us work.
            AllowRenegotiation = false,
        };
    }

    public DateTime NotAfter { get; }

    public SslServerAuthenticationOptions Options => _options;

    /// <param name="files">The certificate in PEM, its chain behind it; and its private key in PEM, not encrypted.</param>
    /// <exception cref="FormatException">They are no such things, or do not belong together; says which.</exception>
    public static ServerCertificate Read(byte[][] files) => Read(files, "Tls");

    /// <inheritdoc cref="Read(byte[][])"/>
    /// <param name="section">Of the settings that name the files.</param>
    public static ServerCertificate Read(byte[][] files, string section)
    {
        string certificates = Encoding.UTF8.GetString(files[0]);
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificates);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"{section}:Certificate holds no PEM certificate", e);
        }

        if (chain.Count == 0)
            throw new FormatException($"{section}:Certificate holds no PEM certificate");
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificates, Encoding.UTF8.GetString(files[1]));
            chain.RemoveAt(0);
            return new ServerCertificate(certificate, chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"{section}:Key holds no PEM private key of that certificate", e);
        }
    }
}
