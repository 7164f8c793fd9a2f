using System.Security.Cryptography;
using Conference.Node.Tests.SignIn.Tokens;

namespace Conference.Integration.Tests.Authentication;

/// <summary>An issuer that a node knows by its URL.</summary>
public sealed class IssuerTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_node_starts_without_its_issuer_and_follows_it_when_it_is_there()
    {
        using var first = RSA.Create(2048);
        using var second = RSA.Create(2048);
        await using var issuer = await TestIssuer.StartAsync(TestTokens.Jwks(("a", first)));
        await issuer.GoAsync();
        await using var node = await NodeProcess.StartAsync("Auth:Mode=required", $"Auth:Authority={issuer.Authority}", "Auth:Audience=conference");
        Assert.Contains("The issuer of Auth:Authority cannot be asked", node.Output, StringComparison.Ordinal);
        Assert.Equal("504 invalid token", await SignInAsync(node, Token("a", first)));

        await issuer.ComeAsync();
        await Eventually.IsTrueAsync(() => node.Output.Contains("The issuer of Auth:Authority was asked: 1 keys", StringComparison.Ordinal), _limit);
        Assert.Equal("204 joe", await SignInAsync(node, Token("a", first)));

        issuer.Keys = TestTokens.Jwks(("b", second));
        Assert.Equal("504 invalid token", await SignInAsync(node, Token("b", second)));
        await Eventually.IsTrueAsync(async () => await SignInAsync(node, Token("b", second)) == "204 joe", _limit);
        Assert.Equal("504 invalid token", await SignInAsync(node, Token("a", first)));

        string Token(string kid, RSA key) => Tokens.Rs256("joe", key, $",\"iss\":\"{issuer.Authority}\",\"aud\":\"conference\"", kid);
    }

    private static async Task<string> SignInAsync(NodeProcess node, string token)
    {
        await using var client = await TestClient.ConnectAsync(node, "127.0.6.1");
        return await client.AskAsync($"AUTH BEARER {token}");
    }
}
