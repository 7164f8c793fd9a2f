using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// A key that tokens may be signed for, and the one algorithm it is for, so a token never chooses how it is checked: no <c>none</c>, and no public key
/// taken for a secret.
/// </summary>
/// <param name="Key">Its <c>KeyId</c> is the only <c>kid</c> a token may name for it; null where it has none, then any will do.</param>
/// <param name="Algorithm">The only <c>alg</c> a token may name for it.</param>
/// <param name="Issuer">The only <c>iss</c> a token may name for it; null where any will do, and none.</param>
public sealed record VerificationKey(SecurityKey Key, string Algorithm, string? Issuer = null)
{
    /// <summary>A secret shorter than the hash can be guessed faster than the hash (RFC 7518 section 3.2).</summary>
    public const int LeastSecretBytes = 32;

    public const int LeastRsaBits = 2048;

    private const string P256 = "1.2.840.10045.3.1.7";

    public string? Id => Key.KeyId;

    /// <summary>HS256.</summary>
    /// <exception cref="FormatException">It is too short.</exception>
    public static VerificationKey Of(byte[] secret, string? id = null) => secret.Length >= LeastSecretBytes
        ? new VerificationKey(new SymmetricSecurityKey(secret) { KeyId = id }, SecurityAlgorithms.HmacSha256)
        : throw new FormatException($"a secret needs {LeastSecretBytes} bytes");

    /// <summary>RS256, by the public half of the key.</summary>
    /// <exception cref="FormatException">It is too small.</exception>
    public static VerificationKey Of(RSA rsa, string? id) => rsa.KeySize >= LeastRsaBits
        ? new VerificationKey(new RsaSecurityKey(rsa.ExportParameters(false)) { KeyId = id }, SecurityAlgorithms.RsaSha256)
        : throw new FormatException($"an RSA key has fewer than {LeastRsaBits} bits");

    /// <summary>ES256.</summary>
    /// <exception cref="FormatException">It is of another curve than P-256.</exception>
    public static VerificationKey Of(ECDsa ecdsa, string? id) => ecdsa.ExportParameters(false).Curve is { IsNamed: true, Oid.Value: P256 }
        ? new VerificationKey(new ECDsaSecurityKey(ecdsa) { KeyId = id }, SecurityAlgorithms.EcdsaSha256)
        : throw new FormatException("an EC key is not of the curve P-256");
}

/// <param name="Keys">Those that count. None: nobody is trusted.</param>
/// <param name="LeftOut">Why others of the set do not, a sentence each; not those that are for something else than our signatures.</param>
public sealed record KeySet(IReadOnlyList<VerificationKey> Keys, IReadOnlyList<string> LeftOut);
