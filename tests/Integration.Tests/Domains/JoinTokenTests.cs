using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Integration.Tests.Domains;

/// <summary>Tokens that the API makes for customers without an issuer of their own.</summary>
public sealed class JoinTokenTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IDisposable
{
    private readonly AdminClient _admin = new(fixture.Node);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task A_token_lets_one_person_into_one_room_of_one_domain()
    {
        await PutAsync("tokens.example");
        await PutAsync("other.example");
        string token = await MakeAsync("domains/tokens.example/", """{"name":"Joe","room":"standup","publish":false,"minutes":5}""");
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH BEARER {token}", "204 joe");
        await client.ExpectAsync("GETP session domain", "310 session tokens.example");
        await client.ExpectAsync("CONN video standup@other.example", "503 not allowed");
        await client.ExpectAsync("CONN video board@tokens.example", "503 not allowed");
        await client.ConnAsync("video", "standup@tokens.example");
        await client.ExpectAsync("SETP video mute off", "510 video off could not set mute");

        // Another of the same name is a renewal; of another name, of another domain, or to say less, it is not.
        await client.ExpectAsync($"AUTH BEARER {await MakeAsync("domains/tokens.example/", """{"name":"joe","publish":false}""")}", "204 joe");
        await client.ConnAsync("video", "board@tokens.example");
        await client.ExpectAsync($"AUTH BEARER {await MakeAsync("domains/tokens.example/", """{"name":"joe"}""")}", "504 disconnect first");
        await client.ExpectAsync($"AUTH BEARER {await MakeAsync("domains/tokens.example/", """{"name":"ann"}""")}", "504 already signed in as joe");
        await client.ExpectAsync($"AUTH BEARER {await MakeAsync("", """{"name":"joe"}""")}", "504 already signed in as joe");
        await client.ExpectAsync($"AUTH BEARER {token[..^4]}AAAA", "504 invalid token");
    }

    [Fact]
    public async Task The_default_domain_has_tokens_too_and_the_longest_fits_into_a_line()
    {
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH BEARER {await MakeAsync("", """{"name":"tokened"}""")}", "204 tokened");
        await client.ConnAsync("audio", "anywhere@127.0.0.1");

        string domain = string.Concat(Enumerable.Repeat("abcdefghi.", 18))[..^1], name = string.Concat(Enumerable.Repeat("\u6f22", 21));
        await PutAsync(domain);
        await using var longest = await TestClient.ConnectAsync(fixture.Node);
        string token = await MakeAsync($"domains/{domain}/", $$"""{"name":"{{name}}","room":"{{name}}","publish":false,"minutes":1440}""");
        Assert.InRange(token.Length, 1, 1012);
        await longest.ExpectAsync($"AUTH BEARER {token}", $"204 {name}");
    }

    [Fact]
    public async Task Where_each_is_good_once_the_second_session_is_refused()
    {
        await PutAsync("once.example", """{"singleUseTokens":true}""");
        string token = await MakeAsync("domains/once.example/", """{"name":"joe"}""");
        await using var first = await TestClient.ConnectAsync(fixture.Node);
        await first.ExpectAsync($"AUTH BEARER {token}", "204 joe");
        await using var second = await TestClient.ConnectAsync(fixture.Node);
        await second.ExpectAsync($"AUTH BEARER {token}", "504 invalid token");
        await second.ExpectAsync($"AUTH BEARER {await MakeAsync("domains/once.example/", """{"name":"joe"}""")}", "204 joe");
    }

    [Fact]
    public async Task Tokens_of_a_domain_that_was_removed_are_void_though_it_is_made_again()
    {
        await PutAsync("again.example");
        string token = await MakeAsync("domains/again.example/", """{"name":"joe"}""");
        Assert.Equal(204, (await _admin.DeleteAsync("domains/again.example")).Status);
        await PutAsync("again.example");
        await MakeAsync("domains/again.example/", """{"name":"joe"}""");
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH BEARER {token}", "504 invalid token");
    }

    [Fact]
    public async Task A_domain_may_have_an_issuer_of_its_own()
    {
        await PutAsync("own.example");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        string jwks = $$$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"{{{Base64Url.EncodeToString(point.X)}}}","y":"{{{Base64Url.EncodeToString(point.Y)}}}"},{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""";
        var (status, put) = await _admin.PutAsync("domains/own.example/keys", jwks);
        Assert.Equal((200, 1, 1), (status, put.GetProperty("keys").GetArrayLength(), put.GetProperty("leftOut").GetArrayLength()));
        Assert.Equal("a", (await _admin.GetAsync("domains/own.example/keys")).Body.GetProperty("keys")[0].GetProperty("kid").GetString());
        string text = $"{Encode("""{"alg":"ES256","kid":"a"}""")}.{Encode($$"""{"sub":"joe@own.example","exp":{{DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds()}}}""")}";
        string token = $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH BEARER {token}", "204 joe");

        Assert.Equal(204, (await _admin.DeleteAsync("domains/own.example/keys")).Status);
        await using var late = await TestClient.ConnectAsync(fixture.Node);
        await late.ExpectAsync($"AUTH BEARER {token}", "504 invalid token");
        await late.ExpectAsync($"AUTH BEARER {await MakeAsync("domains/own.example/", """{"name":"joe"}""")}", "204 joe");

        static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"keys":5}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[7]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""")]
    public async Task What_is_no_set_of_keys_is_refused(string body)
    {
        var (status, problem) = await _admin.PutAsync("keys", body);
        Assert.Equal((400, "keys"), (status, problem.GetProperty("field").GetString()));
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"guest-7"}""", "name")]
    [InlineData("""{"name":"operator"}""", "name")]
    [InlineData("""{"name":"a b"}""", "name")]
    [InlineData("""{"name":"joe@other.example"}""", "name")]
    [InlineData("""{"name":"joe","room":"a@other.example"}""", "room")]
    [InlineData("""{"name":"joe","room":""}""", "room")]
    [InlineData("""{"name":"joe","minutes":0}""", "minutes")]
    [InlineData("""{"name":"joe","minutes":1441}""", "minutes")]
    [InlineData("""{"name":"joe","minutes":"5"}""", "minutes")]
    [InlineData("""{"name":"joe","publish":"yes"}""", "publish")]
    [InlineData("""{"name":"joe","rooms":["a"]}""", "rooms")]
    public async Task What_is_no_token_is_not_made(string body, string field)
    {
        var (status, problem) = await _admin.SendAsync(HttpMethod.Post, "tokens", body);
        Assert.Equal((400, field), (status, problem.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task A_domain_has_ceilings_that_are_told_counted_and_shown()
    {
        await PutAsync("small.example", """{"maxSessions":1,"maxRooms":1,"joinsPerMinute":100,"keepDays":7}""");
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync("AUTH ANONYMOUS joe@small.example", "204 joe");
        await using var ann = await TestClient.ConnectAsync(fixture.Node);
        await ann.ExpectAsync("AUTH ANONYMOUS ann@small.example", "504 small.example is full");
        await ann.ExpectAsync("CONN video standup@small.example", "503 small.example is full");
        await joe.ConnAsync("video", "standup@small.example");
        await joe.ExpectAsync("CONN video other@small.example", "503 small.example is full");

        var shown = (await _admin.GetAsync("domains/small.example")).Body;
        Assert.Equal((1, 1, 100, 7), (Number("maxSessions"), Number("maxRooms"), Number("joinsPerMinute"), Number("keepDays")));
        Assert.Equal("""{"sessions":1,"rooms":1}""", shown.GetProperty("use").GetRawText());
        using var http = new HttpClient();
        string metrics = await http.GetStringAsync($"http://127.0.0.1:{fixture.Node.HttpPort}/metrics");
        Assert.Contains("conference_domain_sessions{domain=\"small.example\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_domain_rooms{domain=\"small.example\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_domain_members{domain=\"small.example\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_domain_ceilings_reached_total{ceiling=\"sessions\"} 2\n", metrics, StringComparison.Ordinal);

        int Number(string rule) => shown.GetProperty(rule).GetInt32();
    }

    private async Task PutAsync(string domain, string rules = "{}") => Assert.InRange((await _admin.PutAsync($"domains/{domain}", rules)).Status, 200, 201);

    private async Task<string> MakeAsync(string where, string body)
    {
        var (status, made) = await _admin.SendAsync(HttpMethod.Post, $"{where}tokens", body);
        Assert.Equal(201, status);
        return made.GetProperty("token").GetString()!;
    }
}
