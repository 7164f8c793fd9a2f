using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// <c>Auth:JwtKey</c> to keys. What looks like a path is one, a key of 32 bytes or more is itself; a public key's text in place of its
/// path is refused, for as a secret it would be known to everybody. A file is PEM (one public key) or a JWKS
/// (RFC 7517; keys of kinds not known here are left out).
/// </summary>
public static class KeyReader
{
    private static readonly string[] _extensions = [".pem", ".json", ".jwks", ".pub", ".key", ".crt", ".txt"];
    private static readonly JsonDocumentOptions _json = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public static bool IsPath(string setting) =>
        setting.StartsWith('/') || setting.StartsWith('.') || setting.StartsWith('~')
        || _extensions.Any(e => setting.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || File.Exists(setting);

    /// <exception cref="FormatException">It is too short, or a key's text in PEM.</exception>
    public static IReadOnlyList<VerificationKey> ReadSecret(string setting)
    {
        byte[] key = Encoding.UTF8.GetBytes(setting);
        return key.Length >= SecretKey.LeastBytes && !setting.Contains("-----BEGIN", StringComparison.Ordinal)
            ? [new SecretKey(key)]
            : throw new FormatException("a secret needs 32 bytes");
    }

    /// <exception cref="FormatException">There is no key in it that can be used.</exception>
    public static IReadOnlyList<VerificationKey> ReadFile(byte[] content)
    {
        string text = Encoding.UTF8.GetString(content);
        try
        {
            return text.TrimStart('\uFEFF', ' ', '\r', '\n', '\t').StartsWith('{') ? ReadJwks(text) : [ReadPem(text)];
        }
        catch (Exception e) when (e is JsonException or CryptographicException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("it is neither a PEM public key nor a JWKS", e);
        }
    }

    private static VerificationKey ReadPem(string text)
    {
        var field = PemEncoding.Find(text);
        if (text[field.Label] is not ("PUBLIC KEY" or "RSA PUBLIC KEY"))
            throw new FormatException("it holds something other than a public key");
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(text);
            return new RsaKey(rsa, null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
            var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(text);
            return new EcdsaKey(ecdsa, null);
        }
    }

    private static List<VerificationKey> ReadJwks(string text)
    {
        using var document = JsonDocument.Parse(text.TrimStart('\uFEFF'), _json);
        var keys = document.RootElement.GetProperty("keys").EnumerateArray().Select(ReadJwk).OfType<VerificationKey>().ToList();
        if (keys.Count == 0)
            throw new FormatException("it holds no RSA and no P-256 key for signatures");
        if (keys.Where(k => k.Id is not null).GroupBy(k => k.Id).Any(g => g.Count() > 1))
            throw new FormatException("two of its keys have one kid");
        return keys;
    }

    private static VerificationKey? ReadJwk(JsonElement jwk)
    {
        string? Text(string name) => jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        byte[] Bytes(string name) => Base64Url.DecodeFromChars(Text(name) ?? throw new FormatException($"a key has no {name}"));

        if (Text("use") is not (null or "sig"))
            return null;
        switch (Text("kty"), Text("alg"), Text("crv"))
        {
            case ("RSA", null or "RS256", _):
                return new RsaKey(RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") }), Text("kid"));
            case ("EC", null or "ES256", "P-256"):
                return new EcdsaKey(
                    ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") } }),
                    Text("kid"));
            default:
                return null;
        }
    }
}
