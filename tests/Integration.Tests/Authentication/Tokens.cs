using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Integration.Tests.Authentication;

/// <summary>Tokens as an issuer makes them.</summary>
internal static class Tokens
{
    public const string Secret = "an HS256 secret of more than thirty-two bytes";

    public static string Hs256(string sub, string more = "", int seconds = 600, string secret = Secret) => Signed(
        "HS256", Claims(sub, more, seconds), text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text));

    public static string Rs256(string sub, RSA key, string more = "", string? kid = null) =>
        Signed("RS256", Claims(sub, more, 600), text => key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), kid);

    public static string Es256(string sub, ECDsa key) =>
        Signed("ES256", Claims(sub, "", 600), text => key.SignData(text, HashAlgorithmName.SHA256));

    public static string Unsigned(string sub) => Signed("none", Claims(sub, "", 600), _ => []);

    private static string Claims(string sub, string more, int seconds) =>
        $$"""{"sub":"{{sub}}","exp":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds}}{{more}}}""";

    private static string Signed(string algorithm, string claims, Func<byte[], byte[]> sign, string? kid = null)
    {
        string header = kid is null ? $$"""{"alg":"{{algorithm}}"}""" : $$"""{"alg":"{{algorithm}}","kid":"{{kid}}"}""";
        string text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
