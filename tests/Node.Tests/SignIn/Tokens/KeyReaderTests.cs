using System.Security.Cryptography;
using System.Text;
using Conference.Node.SignIn.Tokens;

namespace Conference.Node.Tests.SignIn.Tokens;

public sealed class KeyReaderTests
{
    [Theory]
    [InlineData("/etc/conference/jwt.pem", true)]
    [InlineData("./key", true)]
    [InlineData("../key", true)]
    [InlineData("~/key", true)]
    [InlineData("keys.json", true)]
    [InlineData("issuer.PEM", true)]
    [InlineData("bm8gZmlsZSwgYnV0IGEgc2VjcmV0IGluIGJhc2U2NA/+=", false)]
    public void What_looks_like_a_path_is_one(string setting, bool isPath) => Assert.Equal(isPath, KeyReader.IsPath(setting));

    [Fact]
    public void A_secret_has_thirty_two_bytes_and_is_nobodys_public_key()
    {
        Assert.Single(KeyReader.ReadSecret(new string('k', 32)));
        Assert.Throws<FormatException>(() => KeyReader.ReadSecret(new string('k', 31)));
        using var rsa = RSA.Create(2048);
        Assert.Throws<FormatException>(() => KeyReader.ReadSecret(rsa.ExportSubjectPublicKeyInfoPem()));
    }

    [Fact]
    public void Public_keys_are_read_from_pem()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal("RS256", Read(rsa.ExportSubjectPublicKeyInfoPem()).Algorithm);
        Assert.Equal("RS256", Read(rsa.ExportRSAPublicKeyPem()).Algorithm);
        Assert.Equal("ES256", Read("# our issuer\n" + ecdsa.ExportSubjectPublicKeyInfoPem()).Algorithm);
    }

    [Fact]
    public void Keys_that_are_weak_private_or_of_another_kind_are_refused()
    {
        using var small = RSA.Create(1024);
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (string pem in (string[])[
            small.ExportSubjectPublicKeyInfoPem(), rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(), curve.ExportSubjectPublicKeyInfoPem(),
            "", "nothing", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "{}", "{", """{"keys":[]}""", """{"keys":7}""",
            TestTokens.Jwks(("a", rsa), ("a", rsa)), TestTokens.Jwks(), TestTokens.Jwks(("s", small)),
            """{"keys":[{"kty":"RSA","n":"AQAB"}]}""", """{"keys":[{"kty":"RSA","n":"***","e":"AQAB"}]}""",
            """{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}""", """{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"""])
            Assert.Throws<FormatException>(() => KeyReader.ReadFile(Encoding.UTF8.GetBytes(pem)));
    }

    [Fact]
    public void A_jwks_gives_the_keys_that_are_known_here()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keys = KeyReader.ReadFile(Encoding.UTF8.GetBytes(TestTokens.Jwks(("r", rsa), ("e", ecdsa))));
        Assert.Equal([("r", "RS256"), ("e", "ES256")], keys.Select(k => (k.Id!, k.Algorithm)));
    }

    private static VerificationKey Read(string text) => Assert.Single(KeyReader.ReadFile(Encoding.UTF8.GetBytes(text)));
}
