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

    private Task<SignInResult> ValidateAsync(object claims) => _validator.ValidateAsync(TestTokens.Hs256(TestTokens.Claims(claims)), TestTokens.Now);
}
