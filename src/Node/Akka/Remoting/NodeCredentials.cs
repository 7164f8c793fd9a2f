using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Conference.Node.Akka.Remoting;

/// <summary>
/// What a node shows the others in TLS, as server and as client, and what it wants to see of them. Immutable: a renewed certificate is another object.
/// </summary>
public sealed class NodeCredentials
{
    /// <summary>Nodes are known by their certificates and not by where they are: all call each other this.</summary>
    private const string TargetName = "conference";

    private readonly SslStreamCertificateContext _certificate;
    private readonly X509Certificate2Collection _authority;
    private readonly Func<X509Certificate2, SslPolicyErrors, bool> _isOneOfUs;

    private NodeCredentials(
        X509Certificate2 certificate, X509Certificate2Collection chain, X509Certificate2Collection authority,
        Func<X509Certificate2, SslPolicyErrors, bool> isOneOfUs)
    {
        // The chain is built here, once, and from what is given: never from the network.
        _certificate = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        (_authority, _isOneOfUs) = (authority, isOneOfUs);
        NotAfter = certificate.NotAfter.ToUniversalTime();
    }

    /// <summary>When what this node shows expires.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>All nodes show one certificate, and take no other. Its dates do not matter: a node's clock may be wrong.</summary>
    public static NodeCredentials Pinned(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        byte[] own = SHA256.HashData(certificate.RawData);
        return new NodeCredentials(certificate, [], [], (theirs, _) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(theirs.RawData), own));
    }

    /// <summary>For a node that is alone: nobody else has the key, and nobody keeps it.</summary>
    public static NodeCredentials ThrowAway() => Pinned(ClusterCertificate.Make(TargetName));

    /// <summary>
    /// Every node has a certificate of the operator's. A peer's must come from the authority, and have a DNS name in common with this node's: the name
    /// of the cluster, since an authority may sign more than one.
    /// </summary>
    /// <param name="files">
    /// The certificate in PEM, its chain behind it, good for servers and clients; its private key in PEM, not encrypted; the certificates in PEM of
    /// those who issue the cluster's, old and new ones side by side while they change.
    /// </param>
    /// <exception cref="FormatException">They are no such things, or do not belong together; says which.</exception>
    public static NodeCredentials Read(byte[][] files)
    {
        ArgumentNullException.ThrowIfNull(files);
        string certificates = Encoding.UTF8.GetString(files[0]);
        var chain = ReadCertificates("Cluster:Certificate", certificates);
        var authority = ReadCertificates("Cluster:Authority", Encoding.UTF8.GetString(files[2]));
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificates, Encoding.UTF8.GetString(files[1]));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException("Cluster:Key holds no PEM private key of that certificate", e);
        }

        chain.RemoveAt(0);
        var names = NamesOf(certificate).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (names.Count == 0)
            throw new FormatException("Cluster:Certificate has no DNS name (subject alternative name): it must have one that all nodes of the cluster share");
        return new NodeCredentials(certificate, chain, authority, (theirs, errors) =>
            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && NamesOf(theirs).Any(names.Contains));
    }

    internal SslServerAuthenticationOptions ForListener() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        // A resumed session shows no certificate.
        AllowTlsResume = false,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsGood(certificate, errors),
    };

    internal SslClientAuthenticationOptions ForDialer() => new()
    {
        TargetHost = TargetName,
        ClientCertificateContext = _certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateChainPolicy = ChainPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsGood(certificate, errors),
    };

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());

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

    private bool IsGood(X509Certificate? certificate, SslPolicyErrors errors) => certificate is X509Certificate2 theirs && _isOneOfUs(theirs, errors);

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
}
