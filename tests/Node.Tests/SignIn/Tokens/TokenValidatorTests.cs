using System.Security.Cryptography;
using System.Text;
using Conference.Actors.Sessions;
using Conference.Node.SignIn.Tokens;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Node.Tests.SignIn.Tokens;

public sealed class TokenValidatorTests
{
    private static readonly IReadOnlyList<VerificationKey> _secret = KeyReader.ReadSecret(TestTokens.Secret);
    private static readonly RSA _rsa = RSA.Create(2048);
    private static readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly TokenValidator _validator = new(() => _secret, null);

    [Fact]
    public async Task A_token_says_who_somebody_is_and_until_when()
    {
        var proved = await ProvedAsync(TestTokens.Hs256(TestTokens.Claims()));
        Assert.Equal(Name.Parse("joe"), proved.Name);
        Assert.Equal(TestTokens.Now.AddSeconds(630), proved.Grants.Until);
        Assert.Null(proved.Grants.Rooms);
        Assert.True(proved.Grants.MayPublish);
    }

    [Fact]
    public async Task A_token_says_what_somebody_may()
    {
        var grants = (await ProvedAsync(TestTokens.Hs256(TestTokens.Claims(new { rooms = (string[])["StandUp", "lobby"], publish = false })))).Grants;
        Assert.True(grants.Allows(Name.Parse("standup")) && grants.Allows(Name.Parse("lobby")) && !grants.Allows(Name.Parse("other")));
        Assert.False(grants.MayPublish);
        Assert.Empty((await ProvedAsync(TestTokens.Hs256(TestTokens.Claims(new { rooms = Array.Empty<string>() })))).Grants.Rooms!);
    }

    [Fact]
    public async Task The_example_of_rfc_7515_is_signed_as_it_says()
    {
        byte[] key = System.Buffers.Text.Base64Url.DecodeFromChars(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        const string Token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        // The signature holds: what is missed is the subject.
        Assert.Equal(SignInVerdict.TokenClaims, await RefusedAsync(Token, new TokenValidator(() => [VerificationKey.Of(key)], null)));
    }

    [Fact]
    public async Task Tokens_of_somebody_elses_making_are_understood()
    {
        foreach (var (credentials, key) in ((SigningCredentials, VerificationKey)[])
        [
            (new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(TestTokens.Secret)), "HS256"), _secret[0]),
            (new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "r1" }, "RS256"), VerificationKey.Of(_rsa, "r1")),
            (new SigningCredentials(new ECDsaSecurityKey(_ecdsa) { KeyId = "e1" }, "ES256"), VerificationKey.Of(_ecdsa, "e1")),
        ])
        {
            string token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object> { ["sub"] = "joe", ["rooms"] = (string[])["standup"], ["publish"] = true },
                Expires = TestTokens.Now.AddMinutes(5).UtcDateTime,
                NotBefore = TestTokens.Now.UtcDateTime,
                Audience = "conference",
                SigningCredentials = credentials,
            });
            var proved = await ProvedAsync(token, new TokenValidator(() => [key], "conference"));
            Assert.Equal(Name.Parse("joe"), proved.Name);
            Assert.True(proved.Grants.Allows(Name.Parse("standup")) && !proved.Grants.Allows(Name.Parse("other")));
        }
    }

    [Theory]
    [InlineData(600, null, null)]
    [InlineData(-29, null, null)]
    [InlineData(-30, null, SignInVerdict.TokenExpired)]
    [InlineData(-86_400, null, SignInVerdict.TokenExpired)]
    [InlineData(600, 30, null)]
    [InlineData(600, 31, SignInVerdict.TokenNotYetValid)]
    public async Task Its_time_is_kept_with_thirty_seconds_for_clocks(int exp, int? nbf, SignInVerdict? verdict)
    {
        string token = TestTokens.Hs256(TestTokens.Claims(new { exp = TestTokens.In(exp), nbf = nbf is { } n ? TestTokens.In(n) : (long?)null }));
        Assert.Equal(verdict, await _validator.ValidateAsync(token, TestTokens.Now) is SignInResult.Refused no ? no.Why : null);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("\"conference\"", "conference", null)]
    [InlineData("[\"mail\",\"conference\"]", "conference", null)]
    [InlineData("\"mail\"", "conference", SignInVerdict.TokenAudience)]
    [InlineData("[\"mail\"]", "conference", SignInVerdict.TokenAudience)]
    [InlineData("\"conference/\"", "conference", SignInVerdict.TokenAudience)]
    [InlineData("[]", "conference", SignInVerdict.TokenAudience)]
    [InlineData("7", "conference", SignInVerdict.TokenAudience)]
    [InlineData(null, "conference", SignInVerdict.TokenAudience)]
    [InlineData("\"mail\"", null, SignInVerdict.TokenAudience)]
    public async Task It_must_be_meant_for_us(string? aud, string? audience, SignInVerdict? verdict)
    {
        string claims = TestTokens.Claims();
        if (aud is not null)
            claims = $$"""{"aud":{{aud}},{{claims[1..]}}""";
        var result = await new TokenValidator(() => _secret, audience).ValidateAsync(TestTokens.Hs256(claims), TestTokens.Now);
        Assert.Equal(verdict, result is SignInResult.Refused no ? no.Why : null);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("hs256")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("")]
    public async Task No_token_chooses_how_it_is_checked(string algorithm)
    {
        string header = $$"""{"alg":"{{algorithm}}"}""";
        Assert.Equal(SignInVerdict.TokenAlgorithm, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(), header: header)));
        Assert.Equal(SignInVerdict.TokenAlgorithm, await RefusedAsync($"{TestTokens.Encode(header)}.{TestTokens.Encode(TestTokens.Claims())}."));
    }

    [Fact]
    public async Task A_public_key_is_no_secret()
    {
        string pem = _rsa.ExportSubjectPublicKeyInfoPem();
        var validator = new TokenValidator(() => KeyReader.ReadFile(Encoding.UTF8.GetBytes(pem)).Keys, null);
        foreach (string secret in (string[])[pem, pem + "\n", pem.Replace("\n", "\r\n", StringComparison.Ordinal)])
            Assert.Equal(SignInVerdict.TokenAlgorithm, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(), secret), validator));
        Assert.Equal(SignInVerdict.TokenAlgorithm, await RefusedAsync(
            TestTokens.Signed("""{"alg":"HS256"}""", TestTokens.Claims(), t => HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), t)), validator));
        _ = await ProvedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa), validator);
    }

    [Fact]
    public async Task Extensions_nobody_knows_are_refused() =>
        Assert.Equal(SignInVerdict.TokenAlgorithm, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(), header: """{"alg":"HS256","crit":["b64"],"b64":false}""")));

    [Fact]
    public async Task A_token_names_its_key_and_no_other_will_do()
    {
        using var other = RSA.Create(2048);
        var validator = new TokenValidator(() => KeyReader.ReadFile(Encoding.UTF8.GetBytes(TestTokens.Jwks(("a", _rsa), ("b", other), ("e", _ecdsa)))).Keys, null);
        _ = await ProvedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa, """{"alg":"RS256","kid":"a"}"""), validator);
        _ = await ProvedAsync(TestTokens.Rs256(TestTokens.Claims(), other, """{"alg":"RS256","kid":"b"}"""), validator);
        // The only one of its algorithm need not be named.
        _ = await ProvedAsync(TestTokens.Es256(TestTokens.Claims(), _ecdsa), validator);
        Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa, """{"alg":"RS256","kid":"b"}"""), validator));
        Assert.Equal(SignInVerdict.TokenKey, await RefusedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa, """{"alg":"RS256","kid":"c"}"""), validator));
        Assert.Equal(SignInVerdict.TokenKey, await RefusedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa, """{"alg":"RS256","kid":"e"}"""), validator));
        Assert.Equal(SignInVerdict.TokenKey, await RefusedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa), validator));
        Assert.Equal(SignInVerdict.TokenMalformed, await RefusedAsync(TestTokens.Rs256(TestTokens.Claims(), _rsa, """{"alg":"RS256","kid":7}"""), validator));
    }

    [Fact]
    public async Task Another_signature_or_other_claims_under_it_are_refused()
    {
        string[] parts = TestTokens.Hs256(TestTokens.Claims()).Split('.');
        Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(), "another secret of more than thirty-two bytes")));
        Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync($"{parts[0]}.{TestTokens.Encode(TestTokens.Claims(new { sub = "amy" }))}.{parts[2]}"));
        Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync($"{parts[0]}.{parts[1]}."));
        Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync(TestTokens.Es256(TestTokens.Claims(), _ecdsa)[..^6], new TokenValidator(() => [VerificationKey.Of(_ecdsa, null)], null)));
    }

    [Fact]
    public async Task However_it_is_cut_off_it_is_refused()
    {
        string token = TestTokens.Hs256(TestTokens.Claims());
        for (int length = 0; length < token.Length; length++)
            _ = await RefusedAsync(token[..length]);
    }

    [Theory]
    [InlineData("""{"sub":"joe","sub":"amy","exp":1900000000}""")]
    [InlineData("""{"sub":"joe","\u0073ub":"amy","exp":1900000000}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"exp":2900000000}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"rooms":["a"],"rooms":["b"]}""")]
    [InlineData("""{"sub":"joe","exp":1900000000""")]
    [InlineData("""["joe"]""")]
    [InlineData("\"joe\"")]
    [InlineData("")]
    [InlineData("{\"sub\":\"joe\",\"exp\":1900000000,\"x\":[[[[[[[[[[1]]]]]]]]]]}")]
    public async Task Claims_that_are_said_twice_or_are_none_are_refused(string claims) =>
        Assert.Equal(SignInVerdict.TokenMalformed, await RefusedAsync(TestTokens.Hs256(claims)));

    [Fact]
    public async Task A_header_that_says_a_thing_twice_is_refused() => Assert.Equal(
        SignInVerdict.TokenMalformed, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(), header: """{"alg":"none","alg":"HS256"}""")));

    [Theory]
    [InlineData("""{"exp":1900000000}""")]
    [InlineData("""{"sub":"joe"}""")]
    [InlineData("""{"sub":"","exp":1900000000}""")]
    [InlineData("""{"sub":7,"exp":1900000000}""")]
    [InlineData("""{"sub":"j!e","exp":1900000000}""")]
    [InlineData("""{"sub":"guest-1","exp":1900000000}""")]
    [InlineData("""{"sub":"joe\r\n204 amy","exp":1900000000}""")]
    [InlineData("""{"sub":"joe","exp":"1900000000"}""")]
    [InlineData("""{"sub":"joe","exp":null}""")]
    [InlineData("""{"sub":"joe","exp":-1}""")]
    [InlineData("""{"sub":"joe","exp":1e999}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"nbf":"now"}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"iss":7}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"jti":7}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"iat":"now"}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"aud":["conference",7]}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"rooms":"standup"}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"rooms":["st!ndup"]}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"rooms":[7]}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"rooms":null}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"publish":"false"}""")]
    [InlineData("""{"sub":"joe","exp":1900000000,"publish":null}""")]
    public async Task Claims_that_mean_nothing_are_refused(string claims) => Assert.Equal(SignInVerdict.TokenClaims, await RefusedAsync(TestTokens.Hs256(claims)));

    [Fact]
    public async Task The_last_second_there_is_is_a_time() =>
        Assert.NotNull((await ProvedAsync(TestTokens.Hs256("""{"sub":"joe","exp":253402300799}"""))).Grants.Until);

    [Fact]
    public async Task Too_many_rooms_are_refused() => Assert.Equal(
        SignInVerdict.TokenClaims, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(new { rooms = Enumerable.Range(0, 65).Select(i => $"room{i}").ToArray() }))));

    [Fact]
    public async Task A_megabyte_of_token_is_refused_before_it_is_looked_at()
    {
        Assert.Equal(SignInVerdict.TokenMalformed, await RefusedAsync(TestTokens.Hs256(TestTokens.Claims(new { padding = new string('x', 1 << 20) }))));
        Assert.Equal(SignInVerdict.TokenMalformed, await RefusedAsync(new string('.', 1 << 20)));
    }

    [Fact]
    public async Task Many_tokens_at_once_are_checked_by_one_key()
    {
        foreach (var (key, token) in ((VerificationKey, string)[])
        [
            (_secret[0], TestTokens.Hs256(TestTokens.Claims())),
            (VerificationKey.Of(_rsa, null), TestTokens.Rs256(TestTokens.Claims(), _rsa)),
            (VerificationKey.Of(_ecdsa, null), TestTokens.Es256(TestTokens.Claims(), _ecdsa)),
        ])
        {
            var validator = new TokenValidator(() => [key], null);
            string bad = token[..^6] + (token.EndsWith("AAAAAA", StringComparison.Ordinal) ? "BBBBBA" : "AAAAAA");
            await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            {
                if (i % 2 == 0)
                    await ProvedAsync(token, validator);
                else
                    Assert.Equal(SignInVerdict.TokenSignature, await RefusedAsync(bad, validator));
            });
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("a.b.c.d.e")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30=")]
    [InlineData("é.é.é")]
    [InlineData("e30 .e30.e30")]
    public async Task What_is_no_token_is_refused(string token) => Assert.IsType<SignInResult.Refused>(await _validator.ValidateAsync(token, TestTokens.Now));

    [Fact]
    public async Task Noise_is_refused_and_nothing_throws()
    {
        var random = new Random(7);
        string good = TestTokens.Hs256(TestTokens.Claims());
        for (int i = 0; i < 20_000; i++)
        {
            char[] token = good.ToCharArray();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                token[random.Next(token.Length)] = (char)random.Next(random.Next(10) == 0 ? 0x10000 : 128);
            string text = new(token);
            // The last character of a part may hold bits that mean nothing.
            if (await _validator.ValidateAsync(text, TestTokens.Now) is SignInResult.Proved proved)
                Assert.True(text == good || proved.Name == Name.Parse("joe"));
        }
    }

    private async Task<SignInResult.Proved> ProvedAsync(string token, TokenValidator? validator = null) =>
        Assert.IsType<SignInResult.Proved>(await (validator ?? _validator).ValidateAsync(token, TestTokens.Now));

    private async Task<SignInVerdict> RefusedAsync(string token, TokenValidator? validator = null) =>
        Assert.IsType<SignInResult.Refused>(await (validator ?? _validator).ValidateAsync(token, TestTokens.Now)).Why;
}
