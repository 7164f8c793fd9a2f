using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Node.SignIn.Tokens;
using Microsoft.IdentityModel.Tokens;

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
        var keys = KeyReader.ReadFile(Encoding.UTF8.GetBytes(TestTokens.Jwks(("r", rsa), ("e", ecdsa)))).Keys;
        Assert.Equal([("r", "RS256"), ("e", "ES256")], keys.Select(k => (k.Id!, k.Algorithm)));
    }

    [Fact]
    public void A_bad_key_of_a_set_is_left_out_and_the_others_count()
    {
        using var small = RSA.Create(1024);
        using var rsa = RSA.Create(2048);
        string bad = """{"kty":"RSA","n":7},{"kty":"RSA","n":"***","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"},{"kty":"RSA"},7,""";
        var set = KeyReader.ReadFile(Encoding.UTF8.GetBytes(TestTokens.Jwks(("s", small), ("a", rsa)).Replace("[", "[" + bad, StringComparison.Ordinal)));
        Assert.Equal("a", Assert.Single(set.Keys).Id);
        Assert.Equal([1, 2, 3, 4, 5, 7], set.LeftOut.Select(why => int.Parse(why.Split(' ')[1], CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(",\"use\":\"sig\"", true)]
    [InlineData(",\"use\":\"enc\"", false)]
    [InlineData(",\"key_ops\":[\"verify\"]", true)]
    [InlineData(",\"key_ops\":[\"sign\",\"verify\"]", true)]
    [InlineData(",\"key_ops\":[\"sign\"]", false)]
    [InlineData(",\"key_ops\":[]", false)]
    [InlineData(",\"key_ops\":\"verify\"", false)]
    [InlineData(",\"use\":\"sig\",\"key_ops\":[\"encrypt\"]", false)]
    [InlineData(",\"alg\":\"RS256\"", true)]
    [InlineData(",\"alg\":\"PS256\"", false)]
    [InlineData(",\"alg\":\"HS256\"", false)]
    public void A_key_is_for_what_it_says(string more, bool counts)
    {
        using var rsa = RSA.Create(2048);
        string set = TestTokens.Jwks(("a", rsa)).Replace("\"kid\":\"a\"", "\"kid\":\"a\"" + more, StringComparison.Ordinal);
        Assert.Equal(counts ? 1 : 0, KeyReader.ReadJwks(set).Keys.Count);
    }

    [Fact]
    public void A_certificate_beside_a_key_is_not_asked()
    {
        using var rsa = RSA.Create(2048);
        using var other = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=other", other, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        string more = $",\"x5c\":[\"{Convert.ToBase64String(certificate.RawData)}\"]";
        string set = TestTokens.Jwks(("a", rsa)).Replace("\"kid\":\"a\"", "\"kid\":\"a\"" + more, StringComparison.Ordinal);
        var key = Assert.IsType<RsaSecurityKey>(Assert.Single(KeyReader.ReadJwks(set).Keys).Key);
        Assert.Equal(rsa.ExportParameters(false).Modulus, key.Parameters.Modulus);
    }

    private static VerificationKey Read(string text) => Assert.Single(KeyReader.ReadFile(Encoding.UTF8.GetBytes(text)).Keys);
}
