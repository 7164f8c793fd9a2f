using System.Security.Cryptography;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

public sealed class CertificateFingerprintTests
{
    private static readonly byte[] _der = DtlsCertificate.Make(DateTimeOffset.UtcNow).Der.ToArray();

    [Theory, InlineData("sha-256"), InlineData("SHA-384"), InlineData("sha-512")]
    public void What_is_written_is_read_whatever_its_case(string algorithm)
    {
        byte[] hash = algorithm.ToLowerInvariant() switch
        {
            "sha-256" => SHA256.HashData(_der),
            "sha-384" => SHA384.HashData(_der),
            _ => SHA512.HashData(_der),
        };
        string text = $"{algorithm} {string.Join(':', hash.Select(b => b.ToString("x2")))}";
        Assert.True(CertificateFingerprint.TryParse(text, out CertificateFingerprint? fingerprint));
        Assert.True(fingerprint.Matches(_der));
        Assert.False(fingerprint.Matches([.. _der, 0]));
        Assert.True(CertificateFingerprint.TryParse(fingerprint.ToString(), out CertificateFingerprint? again));
        Assert.Equal(fingerprint, again);
    }

    [Fact]
    public void Weak_and_broken_ones_are_none()
    {
        string good = CertificateFingerprint.Of(_der).ToString();
        Assert.True(CertificateFingerprint.TryParse(good, out _));
        string[] bad =
        [
            "", "sha-256", "sha-256 ", good[..^1], good + "0", good.Replace(':', '-'), good.Replace("sha-256", "sha-512"), good[..^2] + "GG", good + " x",
            "sha-1 " + string.Join(':', Enumerable.Repeat("00", 20)), "md5 " + string.Join(':', Enumerable.Repeat("00", 16)),
        ];
        Assert.All(bad, b => Assert.False(CertificateFingerprint.TryParse(b, out _), b));
    }
}
