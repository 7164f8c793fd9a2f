using System.Security.Cryptography;
using System.Text;
using Conference.Actors.Sessions;
using Conference.Node.SignIn.Tokens;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Tests.SignIn.Tokens;

/// <summary>A token is of one domain, and so are its rooms.</summary>
public sealed class TokenDomainTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example");
    private static readonly IReadOnlyList<VerificationKey> _secret = KeyReader.ReadSecret(TestTokens.Secret);

    private readonly TokenValidator _validator = new(
        () => _secret, null, null, new ServedHosts(["conference.example.org", "acme.example", "globex.example"], [], [new("www.acme.example", "acme.example")]));

    [Theory]
    [InlineData("joe@acme.example", null)]
    [InlineData("joe", "acme.example")]
    [InlineData("joe", "ACME.example.")]
    [InlineData("Joe", "www.acme.example")]
    [InlineData("joe@www.acme.example", "acme.example")]
    public async Task The_subject_or_a_claim_says_which(string sub, string? domain)
    {
        var proved = Assert.IsType<SignInResult.Proved>(await ValidateAsync(new { sub, domain, rooms = (string[])["standup"] }));
        Assert.Equal(Name.Parse("joe", _acme), proved.Name);
        Assert.True(proved.Grants.Allows(Name.Parse("standup", _acme)));
        Assert.False(proved.Grants.Allows(Name.Parse("standup")));
        Assert.False(proved.Grants.Allows(Name.Parse("standup", Domain.Parse("globex.example"))));
    }

    [Theory]
    [InlineData("joe", null)]
    [InlineData("joe", "conference.example.org")]
    [InlineData("joe@localhost", null)]
    public async Task Without_one_it_is_of_the_default_domain(string sub, string? domain) =>
        Assert.Equal(Name.Parse("joe"), Assert.IsType<SignInResult.Proved>(await ValidateAsync(new { sub, domain })).Name);

    [Theory]
    [InlineData("joe@nobody.example", null)]
    [InlineData("joe", "nobody.example")]
    [InlineData("joe@acme.example", "globex.example")]
    [InlineData("joe@localhost", "acme.example")]
    [InlineData("joe@", null)]
    [InlineData("@acme.example", null)]
    [InlineData("guest-7@acme.example", null)]
    [InlineData("operator", "acme.example")]
    [InlineData("joe", "")]
    public async Task A_domain_that_is_not_there_and_two_that_differ_are_refused(string sub, string? domain) =>
        Assert.Equal(SignInVerdict.TokenClaims, Assert.IsType<SignInResult.Refused>(await ValidateAsync(new { sub, domain })).Why);

    [Fact]
    public async Task A_claim_that_is_no_text_is_refused()
    {
        foreach (object domain in (object[])[7, true, new[] { "acme.example" }, new string('a', 300)])
            Assert.Equal(SignInVerdict.TokenClaims, Assert.IsType<SignInResult.Refused>(await ValidateAsync(new { sub = "joe", domain })).Why);
    }

    [Fact]
    public async Task A_room_of_a_token_is_never_another_domains() => Assert.Equal(
        SignInVerdict.TokenClaims,
        Assert.IsType<SignInResult.Refused>(await ValidateAsync(new { sub = "joe@acme.example", rooms = (string[])["standup@globex.example"] })).Why);

    [Fact]
    public async Task A_join_token_is_good_for_its_own_domain_alone()
    {
        var keys = new Dictionary<Domain, VerificationKey>
        {
            [_acme] = VerificationKey.Of(Encoding.UTF8.GetBytes(TestTokens.Secret), DomainKeys.JoinId),
            [Domain.Default] = VerificationKey.Of(Encoding.UTF8.GetBytes(TestTokens.Secret + "!"), DomainKeys.JoinId),
        };
        // An audience is asked of others' tokens only.
        var validator = new TokenValidator(null, "somebody", null, new ServedHosts(["example.org", "acme.example", "globex.example"], []), d => Task.FromResult(new DomainKeySet(keys.GetValueOrDefault(d), null, null)));
        const string header = """{"alg":"HS256","kid":"conference-join"}""";
        Assert.Equal(Name.Parse("joe", _acme), Assert.IsType<SignInResult.Proved>(await JoinAsync(new { sub = "joe", domain = "acme.example", jti = "7" }, header)).Name);
        foreach (var (claims, why) in ((object, SignInVerdict)[])[
            (new { sub = "joe" }, SignInVerdict.TokenSignature),
            (new { sub = "joe@localhost" }, SignInVerdict.TokenSignature),
            (new { sub = "joe", domain = "globex.example" }, SignInVerdict.TokenKey),
            (new { sub = "joe", domain = "nobody.example" }, SignInVerdict.TokenKey),
            (new { sub = "joe@globex.example", domain = "acme.example" }, SignInVerdict.TokenKey),
            (new { sub = "joe", domain = "acme.example", exp = TestTokens.In(-31) }, SignInVerdict.TokenExpired)])
            Assert.Equal(why, Assert.IsType<SignInResult.Refused>(await JoinAsync(claims, header)).Why);
        Assert.Equal(SignInVerdict.TokenAlgorithm, Assert.IsType<SignInResult.Refused>(await JoinAsync(new { sub = "joe", domain = "acme.example" }, """{"alg":"none","kid":"conference-join"}""")).Why);
        Assert.Equal(SignInVerdict.TokensNotAccepted, Assert.IsType<SignInResult.Refused>(await JoinAsync(new { sub = "joe", domain = "acme.example" }, """{"alg":"HS256"}""")).Why);

        Task<SignInResult> JoinAsync(object claims, string header) => validator.ValidateAsync(TestTokens.Hs256(TestTokens.Claims(claims), header: header), TestTokens.Now);
    }

    [Fact]
    public async Task Where_a_domain_has_an_issuer_of_its_own_only_that_one_signs_for_it()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var set = new DomainKeySet(null, [VerificationKey.Of(own, "theirs")], "calls");
        var validator = new TokenValidator(
            () => _secret, null, null, new ServedHosts(["example.org", "acme.example"], []), d => Task.FromResult(d == _acme ? set : DomainKeySet.None));
        const string header = """{"alg":"ES256","kid":"theirs"}""";
        Assert.IsType<SignInResult.Proved>(await Signed(new { sub = "joe@acme.example", aud = "calls" }));
        Assert.Equal(SignInVerdict.TokenAudience, Assert.IsType<SignInResult.Refused>(await Signed(new { sub = "joe@acme.example" })).Why);
        Assert.Equal(SignInVerdict.TokenAudience, Assert.IsType<SignInResult.Refused>(await Signed(new { sub = "joe@acme.example", aud = "others" })).Why);
        // It signs for nobody else, and nobody else for it.
        Assert.Equal(SignInVerdict.TokenAlgorithm, Assert.IsType<SignInResult.Refused>(await Signed(new { sub = "joe", aud = "calls" })).Why);
        Assert.Equal(SignInVerdict.TokenAlgorithm, Assert.IsType<SignInResult.Refused>(await Shared(new { sub = "joe@acme.example" })).Why);
        Assert.IsType<SignInResult.Proved>(await Shared(new { sub = "joe" }));

        Task<SignInResult> Signed(object claims) => validator.ValidateAsync(TestTokens.Es256(TestTokens.Claims(claims), own, header), TestTokens.Now);
        Task<SignInResult> Shared(object claims) => validator.ValidateAsync(TestTokens.Hs256(TestTokens.Claims(claims)), TestTokens.Now);
    }

    private Task<SignInResult> ValidateAsync(object claims) => _validator.ValidateAsync(TestTokens.Hs256(TestTokens.Claims(claims)), TestTokens.Now);
}
