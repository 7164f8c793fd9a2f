using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// <c>Auth:JwtKey</c> to keys. What looks like a path is one, a key of 32 bytes or more is itself; a public key's text in place of its
/// path is refused, for as a secret it would be known to everybody. A file is PEM (one public key) or a JWKS
/// (RFC 7517; keys of kinds not known here, and for other uses than to verify, are left out).
/// </summary>
public static class KeyReader
{
    private static readonly string[] _extensions = [".pem", ".json", ".jwks", ".pub", ".key", ".crt", ".txt"];
    private static readonly JsonDocumentOptions _json = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static bool IsPath(string setting) =>
        setting.StartsWith('/') || setting.StartsWith('.') || setting.StartsWith('~')
        || _extensions.Any(e => setting.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || File.Exists(setting);

    /// <exception cref="FormatException">It is too short, or a key's text in PEM.</exception>
    public static IReadOnlyList<VerificationKey> ReadSecret(string setting) => !setting.Contains("-----BEGIN", StringComparison.Ordinal)
        ? [VerificationKey.Of(Encoding.UTF8.GetBytes(setting))]
        : throw new FormatException("it is a key's text, not a secret");

    /// <exception cref="FormatException">There is no key in it that can be used.</exception>
    public static KeySet ReadFile(byte[] content)
    {
        string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        try
        {
            var set = text.StartsWith('{') ? ReadJwks(text) : new KeySet([ReadPem(text)], []);
            return set.Keys.Count > 0 ? set : throw new FormatException("it holds no RSA and no P-256 key for signatures");
        }
        catch (Exception e) when (e is JsonException or CryptographicException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("it is neither a PEM public key nor a JWKS", e);
        }
    }

    /// <param name="text">A JWKS. A bad key of it is left out.</param>
    /// <param name="issuer">Whose tokens its keys are for; null for everybody's.</param>
    /// <exception cref="FormatException">Two of its keys have one <c>kid</c>.</exception>
    /// <exception cref="Exception">It is none: whatever the parser threw.</exception>
    public static KeySet ReadJwks(string text, string? issuer = null)
    {
        var (keys, leftOut) = (new List<VerificationKey>(), new List<string>());
        using var document = JsonDocument.Parse(text, _json);
        foreach (var (index, jwk) in document.RootElement.GetProperty("keys").EnumerateArray().Index())
        {
            try
            {
                if (ReadJwk(jwk) is { } key)
                    keys.Add(key with { Issuer = issuer });
            }
            catch (Exception e) when (e is FormatException or JsonException or CryptographicException or ArgumentException)
            {
                // What the library and the framework throw for a key that is wrong.
                leftOut.Add($"number {index + 1} of the set: {(e is FormatException ? e.Message : "it cannot be read")}");
            }
        }

        if (keys.Where(k => k.Id is not null).GroupBy(k => k.Id).Any(g => g.Count() > 1))
            throw new FormatException("two of its keys have one kid");
        return new KeySet(keys, leftOut);
    }

    private static VerificationKey ReadPem(string text)
    {
        var field = PemEncoding.Find(text);
        if (text[field.Label] is not ("PUBLIC KEY" or "RSA PUBLIC KEY"))
            throw new FormatException("it holds something other than a public key");
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(text);
            return VerificationKey.Of(ecdsa, null);
        }

        return VerificationKey.Of(rsa, null);
    }

    /// <returns>Null for a key that is none of ours.</returns>
    private static VerificationKey? ReadJwk(JsonElement json)
    {
        var jwk = new JsonWebKey(json.GetRawText());
        if (jwk.Use is not (null or JsonWebKeyUseNames.Sig) || (json.TryGetProperty("key_ops", out _) && !jwk.KeyOps.Contains("verify")))
            return null;
        // By its numbers: a certificate beside them (x5c) could hold another key.
        switch (jwk.Kty, jwk.Alg, jwk.Crv)
        {
            case ("RSA", null or SecurityAlgorithms.RsaSha256, _):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(jwk.N), Exponent = Base64UrlEncoder.DecodeBytes(jwk.E) }))
                    return VerificationKey.Of(rsa, jwk.Kid);
            case ("EC", null or SecurityAlgorithms.EcdsaSha256, "P-256"):
                var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(jwk.X), Y = Base64UrlEncoder.DecodeBytes(jwk.Y) };
                return VerificationKey.Of(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point }), jwk.Kid);
            default:
                return null;
        }
    }
}
