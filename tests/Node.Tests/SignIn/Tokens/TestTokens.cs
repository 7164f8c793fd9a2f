using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Conference.Node.Tests.SignIn.Tokens;

/// <summary>Makes tokens, good ones and such as nobody should make.</summary>
internal static class TestTokens
{
    public const string Secret = "an HS256 secret of more than thirty-two bytes";

    public static DateTimeOffset Now { get; } = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static long In(int seconds) => Now.ToUnixTimeSeconds() + seconds;

    public static string Claims(object? more = null)
    {
        var claims = new Dictionary<string, object?> { ["sub"] = "joe", ["exp"] = In(600) };
        foreach (var property in more?.GetType().GetProperties() ?? [])
            claims[property.Name] = property.GetValue(more);
        return JsonSerializer.Serialize(claims.Where(c => c.Value is not null).ToDictionary());
    }

    public static string Hs256(string claims, string secret = Secret, string header = """{"alg":"HS256","typ":"JWT"}""") =>
        Signed(header, claims, text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text));

    public static string Rs256(string claims, RSA key, string header = """{"alg":"RS256"}""") =>
        Signed(header, claims, text => key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(string claims, ECDsa key, string header = """{"alg":"ES256"}""") =>
        Signed(header, claims, text => key.SignData(text, HashAlgorithmName.SHA256));

    public static string Signed(string header, string claims, Func<byte[], byte[]> sign)
    {
        string text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>A JWKS of these keys' public halves, with a key of a kind nobody here knows among them.</summary>
    public static string Jwks(params (string? Id, AsymmetricAlgorithm Key)[] keys) =>
        $$"""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"unknown"},{{string.Join(',', keys.Select(k => Jwk(k.Id, k.Key)))}}]}""";

    private static string Jwk(string? id, AsymmetricAlgorithm key)
    {
        var jwk = new Dictionary<string, string>();
        if (id is not null)
            jwk["kid"] = id;
        if (key is RSA rsa)
        {
            var parameters = rsa.ExportParameters(false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64Url.EncodeToString(parameters.Modulus!), Base64Url.EncodeToString(parameters.Exponent!));
        }
        else
        {
            var point = ((ECDsa)key).ExportParameters(false).Q;
            (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64Url.EncodeToString(point.X!), Base64Url.EncodeToString(point.Y!));
        }

        return JsonSerializer.Serialize(jwk);
    }
}
