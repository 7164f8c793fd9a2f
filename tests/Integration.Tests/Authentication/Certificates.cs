using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Integration.Tests.Authentication;

/// <summary>Self-made certificates, in files a node can read.</summary>
public sealed class Certificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conference-test-").FullName;

    public Certificates() => Issued = Issue("first.test");

    public string CertificatePath => Path.Combine(_folder, "tls.crt");

    public string KeyPath => Path.Combine(_folder, "tls.key");

    /// <summary>The thumbprint of what is in the files now.</summary>
    public string Issued { get; private set; }

    public string[] Settings => [$"Tls:Certificate={CertificatePath}", $"Tls:Key={KeyPath}"];

    public void Replace() => Issued = Issue("second.test");

    public void BreakKey() => File.WriteAllText(KeyPath, "no key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var hosts = new SubjectAlternativeNameBuilder();
        hosts.AddDnsName(name);
        hosts.AddDnsName("localhost");
        hosts.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(hosts.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }
}
