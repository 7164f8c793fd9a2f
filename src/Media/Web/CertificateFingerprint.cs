using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Conference.Media.Web;

/// <summary>The hash by which an offer or an answer says whose certificate will be shown in the DTLS handshake (RFC 8122).</summary>
/// <param name="Algorithm">As SDP names it: sha-256, sha-384 or sha-512.</param>
/// <param name="Hash">Upper-case pairs of hexadecimal digits with colons between.</param>
public sealed record CertificateFingerprint(string Algorithm, string Hash)
{
    /// <summary>Of a certificate, as we give it out.</summary>
    /// <param name="certificate">DER.</param>
    public static CertificateFingerprint Of(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(certificate, hash);
        return new CertificateFingerprint("sha-256", Format(hash));
    }

    /// <summary>Reads the value of <c>a=fingerprint</c>. False for other algorithms (SHA-1 and MD5 prove nothing any more), and for what is no hash of its
    /// algorithm's length.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out CertificateFingerprint? fingerprint)
    {
        fingerprint = null;
        ArgumentNullException.ThrowIfNull(value);
        string[] parts = value.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
            return false;
        string algorithm = parts[0].ToLowerInvariant();
        int bytes = HashBytes(algorithm);
        if (bytes == 0 || parts[1].Length != (bytes * 3) - 1)
            return false;
        for (int i = 0; i < parts[1].Length; i++)
        {
            if (i % 3 == 2 ? parts[1][i] != ':' : !char.IsAsciiHexDigit(parts[1][i]))
                return false;
        }

        fingerprint = new CertificateFingerprint(algorithm, parts[1].ToUpperInvariant());
        return true;
    }

    /// <param name="certificate">DER.</param>
    public bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        int bytes = HashBytes(Algorithm);
        switch (bytes)
        {
            case SHA256.HashSizeInBytes:
                SHA256.HashData(certificate, hash);
                break;
            case SHA384.HashSizeInBytes:
                SHA384.HashData(certificate, hash);
                break;
            case SHA512.HashSizeInBytes:
                SHA512.HashData(certificate, hash);
                break;
            default:
                return false;
        }

        return Format(hash[..bytes]) == Hash;
    }

    /// <summary>As SDP writes it.</summary>
    public override string ToString() => $"{Algorithm} {Hash}";

    private static int HashBytes(string algorithm) => algorithm switch
    {
        "sha-256" => SHA256.HashSizeInBytes,
        "sha-384" => SHA384.HashSizeInBytes,
        "sha-512" => SHA512.HashSizeInBytes,
        _ => 0,
    };

    private static string Format(ReadOnlySpan<byte> hash) => string.Create((hash.Length * 3) - 1, hash, static (text, bytes) =>
    {
        text.Fill(':');
        for (int i = 0; i < bytes.Length; i++)
            bytes[i].TryFormat(text[(i * 3)..], out _, "X2", System.Globalization.CultureInfo.InvariantCulture);
    });
}
