using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Cluster.Tests.Support;

/// <summary>An authority as an operator has one, and certificates of nodes that it signs, as PEM files in a folder of their own.</summary>
public sealed class NodeCertificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conference-authority-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public NodeCertificates()
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(AuthorityPath, _authority.ExportCertificatePem());
    }

    private string AuthorityPath => Path.Combine(_folder, "authority.pem");

    /// <summary>A node's settings, with a certificate made for it.</summary>
    /// <param name="cluster">The DNS name that all nodes of a cluster share.</param>
    public string[] Settings(string cluster)
    {
        string name = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Make(cluster, key);
        File.WriteAllText(name + ".crt", certificate.ExportCertificatePem());
        File.WriteAllText(name + ".key", key.ExportPkcs8PrivateKeyPem());
        return [$"Cluster:Certificate={name}.crt", $"Cluster:Key={name}.key", $"Cluster:Authority={AuthorityPath}"];
    }

    /// <summary>A certificate with its key, as a client shows it.</summary>
    public X509Certificate2 MakeForClient(string cluster)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Make(cluster, key);
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12, ""), "");
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private X509Certificate2 Make(string cluster, ECDsa key)
    {
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(cluster);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        return request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(8));
    }
}
