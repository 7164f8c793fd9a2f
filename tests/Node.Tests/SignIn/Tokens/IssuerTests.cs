using System.Security.Cryptography;
using Conference.Actors.Sessions;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Tests.Akka.Support;
using Conference.Protocol.Session;

namespace Conference.Node.Tests.SignIn.Tokens;

public sealed class IssuerTests : IDisposable
{
    private static readonly RSA _rsa = RSA.Create(2048);
    private static readonly RSA _other = RSA.Create(2048);

    private readonly TestLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Who_an_issuer_vouches_for_is_let_in_and_nobody_else()
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa), ("b", _other)));
        using var known = await AskAsync(issuer);
        var validator = Validator(known);
        Assert.Null(await WhyAsync(validator, Token(issuer.Authority, "a", _rsa)));
        Assert.Null(await WhyAsync(validator, Token(issuer.Authority, "b", _other)));
        Assert.Equal(SignInVerdict.TokenSignature, await WhyAsync(validator, Token(issuer.Authority, "a", _other)));
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, Token(issuer.Authority + "/", "a", _rsa)));
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, Token("https://id.example.org", "a", _rsa)));
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, Token(null, "a", _rsa)));
    }

    [Fact]
    public async Task Keys_of_a_file_are_there_beside_an_issuers_and_are_for_other_tokens()
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa)));
        using var known = await AskAsync(issuer);
        var validator = new TokenValidator(() => [.. known.Keys, VerificationKey.Of(_other, null)], null);
        Assert.Null(await WhyAsync(validator, Token(issuer.Authority, "a", _rsa)));
        // There is no choice: the issuer's own key is for tokens that name the issuer.
        Assert.Null(await WhyAsync(validator, TestTokens.Rs256(TestTokens.Claims(), _other)));
        Assert.Equal(SignInVerdict.TokenSignature, await WhyAsync(validator, TestTokens.Rs256(TestTokens.Claims(), _rsa)));
    }

    [Fact]
    public async Task A_new_key_is_asked_for_when_a_token_is_signed_by_it_and_the_old_one_counts_no_more()
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa)));
        using var known = await AskAsync(issuer);
        var validator = Validator(known);
        issuer.Keys = TestTokens.Jwks(("b", _other));
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, Token(issuer.Authority, "b", _other)));
        await Eventually.IsTrueAsync(async () => await WhyAsync(validator, Token(issuer.Authority, "b", _other)) is null);
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, Token(issuer.Authority, "a", _rsa)));
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_asked_again_and_what_was_known_stays()
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa)));
        await issuer.GoAsync();
        using var known = await AskAsync(issuer);
        var validator = Validator(known);
        string token = Token(issuer.Authority, "a", _rsa);
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(validator, token));
        Assert.Single(_logs.Lines, l => l.Contains("Warning The issuer of Auth:Authority cannot be asked", StringComparison.Ordinal));

        await issuer.ComeAsync();
        await Eventually.IsTrueAsync(async () => await WhyAsync(validator, token) is null);
        Assert.Contains(_logs.Lines, l => l.Contains("was asked: 1 keys", StringComparison.Ordinal));

        await issuer.GoAsync();
        known.RequestRefresh();
        await Eventually.IsTrueAsync(() =>
        {
            known.RequestRefresh();
            return _logs.Lines.Count(l => l.Contains("cannot be asked", StringComparison.Ordinal)) == 2;
        });
        Assert.Null(await WhyAsync(validator, token));
    }

    [Fact]
    public async Task An_empty_set_trusts_nobody()
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa)));
        using var known = await AskAsync(issuer);
        issuer.Keys = """{"keys":[]}""";
        known.RequestRefresh();
        await Eventually.IsTrueAsync(() => known.Keys.Count == 0);
        Assert.Equal(SignInVerdict.TokenKey, await WhyAsync(Validator(known), Token(issuer.Authority, "a", _rsa)));
    }

    [Fact]
    public async Task A_bad_key_is_left_out_and_the_others_count()
    {
        using var small = RSA.Create(1024);
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("s", small), ("a", _rsa)));
        using var known = await AskAsync(issuer);
        Assert.Null(await WhyAsync(Validator(known), Token(issuer.Authority, "a", _rsa)));
        Assert.Contains(_logs.Lines, l => l.Contains("A key of Auth:Authority is left out: number 2 of the set: an RSA key has fewer than 2048 bits", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://id.example.org", null)]
    [InlineData(null, "http://id.example.org/keys")]
    [InlineData(null, "ftp://127.0.0.1/keys")]
    [InlineData(null, "")]
    public async Task A_configuration_of_another_issuer_or_with_keys_in_the_open_is_not_believed(string? name, string? jwksUri)
    {
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", _rsa)));
        (issuer.Issuer, issuer.JwksUri) = (name, jwksUri);
        using var known = await AskAsync(issuer);
        Assert.Empty(known.Keys);
        Assert.Single(_logs.Lines, l => l.Contains("cannot be asked", StringComparison.Ordinal));
    }

    private async Task<Issuer> AskAsync(TestIssuer issuer)
    {
        var known = new Issuer(issuer.Authority, _logs);
        await known.StartAsync(TestContext.Current.CancellationToken);
        return known;
    }

    private static TokenValidator Validator(Issuer issuer) => new(() => issuer.Keys, null, issuer.RequestRefresh);

    private static string Token(string? iss, string kid, RSA key) =>
        TestTokens.Rs256(TestTokens.Claims(new { iss }), key, $$"""{"alg":"RS256","kid":"{{kid}}"}""");

    private static async Task<SignInVerdict?> WhyAsync(TokenValidator validator, string token) =>
        await validator.ValidateAsync(token, TestTokens.Now) is SignInResult.Refused no ? no.Why : null;
}
