using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>What a node shows in DTLS: a certificate of P-256 that it has signed itself, made at start and kept nowhere. Browsers know it by its
/// fingerprint, which the answer gives them; nobody looks at its name or its dates.</summary>
internal sealed class DtlsCertificate
{
    private static readonly TimeSpan _clockError = TimeSpan.FromDays(1);
    private static readonly TimeSpan _lifetime = TimeSpan.FromDays(3650);

    private DtlsCertificate(byte[] der, byte[] privateKey)
    {
        Der = der;
        PrivateKey = privateKey;
        Fingerprint = CertificateFingerprint.Of(der);
    }

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>ECPrivateKey of RFC 5915.</summary>
    public ReadOnlyMemory<byte> PrivateKey { get; }

    public CertificateFingerprint Fingerprint { get; }

    public static DtlsCertificate Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=conference", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(now - _clockError, now + _lifetime);
        return new DtlsCertificate(certificate.RawData, key.ExportECPrivateKey());
    }
}
