using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Client.Tests.Relay;

/// <summary>A root nobody trusts by itself, an authority below it, and the server certificates that one issues.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly Oid _serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _middle;

    public TestAuthority()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Request("root", rootKey, isAuthority: true).CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Request("middle", middleKey, isAuthority: true).Create(_root, Now.AddYears(-1), Now.AddYears(1), [1]);
        _middle = middle.CopyWithPrivateKey(middleKey);
    }

    public X509Certificate2Collection Roots => [_root];

    public string RootPem => _root.ExportCertificatePem();

    private static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    /// <summary>For an address or a name, valid from yesterday until so many days from now.</summary>
    public SslStreamCertificateContext Issue(string host, int days = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(host, key, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([_serverAuthentication], critical: false));
        using var issued = request.Create(_middle, Now.AddDays(-30), Now.AddDays(days), [2]);
        return SslStreamCertificateContext.Create(issued.CopyWithPrivateKey(key), [X509CertificateLoader.LoadCertificate(_middle.RawData)], offline: true);
    }

    public void Dispose()
    {
        _root.Dispose();
        _middle.Dispose();
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        return request;
    }
}
