using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Conference.Node.Links;

/// <summary>
/// What a node shows the others in TLS, and what it wants to see. Immutable. Who is let in is not decided here but by the
/// handshake with the cluster's secret; an authority of the operator's is a second lock before it.
/// </summary>
public sealed class LinkCredentials
{
    private readonly SslStreamCertificateContext _certificate;
    private readonly X509Certificate2Collection _authority;

    private LinkCredentials(X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection authority)
    {
        // The chain is built here, once, and from what the operator gave: never from the network.
        _certificate = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _authority = authority;
        NotAfter = certificate.NotAfter.ToUniversalTime();
        Fingerprint = SHA256.HashData(certificate.RawData);
    }

    public DateTime NotAfter { get; }

    /// <summary>SHA-256 of the certificate.</summary>
    internal ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>A certificate that says nothing, for a node whose operator gave none; any other of its kind is as good.</summary>
    public static LinkCredentials SelfSigned(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=conference", key, HashAlgorithmName.SHA256);
        var now = time.GetUtcNow();
        return new LinkCredentials(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)), [], []);
    }

    /// <param name="files">
    /// The certificate in PEM, its chain behind it, good for servers and clients; its private key in PEM, not encrypted; the certificates
    /// in PEM of those who issue the cluster's.
    /// </param>
    /// <exception cref="FormatException">They are no such things, or do not belong together; says which.</exception>
    public static LinkCredentials Read(byte[][] files)
    {
        string certificates = Encoding.UTF8.GetString(files[0]);
        var chain = ReadCertificates("Cluster:Certificate", certificates);
        var authority = ReadCertificates("Cluster:Authority", Encoding.UTF8.GetString(files[2]));
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificates, Encoding.UTF8.GetString(files[1]));
            chain.RemoveAt(0);
            return new LinkCredentials(certificate, chain, authority);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException("Cluster:Key holds no PEM private key of that certificate", e);
        }
    }

    internal SslServerAuthenticationOptions ForListener() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,
        // A resumed session shows no certificate.
        AllowTlsResume = false,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsGood(certificate, errors),
    };

    /// <param name="seen">Is given the SHA-256 of the listener's certificate.</param>
    internal SslClientAuthenticationOptions ForDialer(Action<byte[]> seen) => new()
    {
        ClientCertificateContext = _certificate,
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            if (!IsGood(certificate, errors))
                return false;
            seen(certificate!.GetCertHash(HashAlgorithmName.SHA256));
            return true;
        },
    };

    /// <summary>Nodes are known by their ids and not by what their certificates call them.</summary>
    private bool IsGood(X509Certificate? certificate, SslPolicyErrors errors) =>
        certificate is not null
        && (_authority.Count == 0 || (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None);

    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A stranger's certificate must not make us fetch what it names.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authority);
        return policy;
    }

    private static X509Certificate2Collection ReadCertificates(string setting, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new FormatException($"{setting} holds no PEM certificate", e);
        }

        return certificates.Count > 0 ? certificates : throw new FormatException($"{setting} holds no PEM certificate");
    }
}
