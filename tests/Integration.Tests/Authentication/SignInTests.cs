using System.Text;

namespace Conference.Integration.Tests.Authentication;

/// <summary>A real node that wants everybody signed in. Each test comes from addresses of its own: failures slow an address down.</summary>
public sealed class SignInTests(StrictNode fixture) : IClassFixture<StrictNode>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task Guests_may_look_and_no_more_and_a_token_opens_the_door()
    {
        await using var joe = await TestClient.ConnectAsync(Node, "127.0.4.1");
        await joe.ExpectAsync("CONN audio standup@127.0.0.1", "503 authentication required");
        await joe.ExpectAsync("AUTH ANONYMOUS joe", "504 authentication required");
        await joe.ExpectAsync($"AUTH BEARER {Tokens.Hs256("Joe")}", "204 joe");
        Assert.StartsWith("303 audio ", await joe.AskAsync("CONN audio standup@127.0.0.1"), StringComparison.Ordinal);
        await joe.ExpectAsync("STAT joe@127.0.0.1 busy", "202 busy");
    }

    [Fact]
    public async Task A_token_of_one_room_opens_that_room_and_a_listener_is_muted()
    {
        await using var amy = await TestClient.ConnectAsync(Node, "127.0.4.2");
        await using var bob = await TestClient.ConnectAsync(Node, "127.0.4.3");
        await amy.ExpectAsync($"AUTH BEARER {Tokens.Hs256("amy", ""","rooms":["grants"],"publish":false""")}", "204 amy");
        await bob.ExpectAsync($"AUTH BEARER {Tokens.Hs256("bob")}", "204 bob");
        await amy.ExpectAsync("CONN video other@127.0.0.1", "503 not allowed");
        await amy.ExpectAsync("LIST other@127.0.0.1", "503 not allowed");
        await amy.ExpectAsync("SETP video mute off", "510 video off could not set mute");
        var hers = await amy.ConnAsync("video", "grants@127.0.0.1");
        var his = await bob.ConnAsync("video", "grants@127.0.0.1");
        await his.LatchAsync(hers);
        hers.Say("from the muted");
        his.Say("to the muted");
        Assert.Equal("to the muted", await hers.HearAsync());
        // What she said would have come before this.
        await Eventually.EqualAsync(true, async () => await Node.MetricAsync("conference_datagrams_dropped_total", "muted") >= 1);
        Assert.Equal(0, his.Available);
    }

    [Fact]
    public async Task Bad_tokens_are_one_clear_refusal_each_and_are_counted_by_what_was_wrong()
    {
        await using var client = await TestClient.ConnectAsync(Node, "127.0.4.4");
        string good = Tokens.Hs256("mallory");
        foreach (var (token, outcome) in ((string, string)[])
        [
            (Tokens.Hs256("mallory", secret: "another secret of more than thirty-two bytes"), "token_signature"),
            (Tokens.Hs256("mallory", seconds: -60), "token_expired"),
            (Tokens.Hs256("mallory", $",\"nbf\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 300}"), "token_not_yet_valid"),
            (Tokens.Hs256("mallory", ",\"aud\":\"mail\""), "token_audience"),
            (Tokens.Unsigned("mallory"), "token_algorithm"),
            (Tokens.Hs256("mallory", ",\"sub\":\"joe\""), "token_malformed"),
            (Tokens.Hs256("guest-1"), "token_claims"),
            (good[..^10], "token_"),
            (good[..40], "token_malformed"),
            ("'; DROP TABLE users; --".Replace(" ", "", StringComparison.Ordinal), "token_malformed"),
        ])
        {
            double before = await CountAsync(outcome);
            await client.ExpectAsync($"AUTH BEARER {token}", "504 invalid token");
            Assert.Equal(before + 1, await CountAsync(outcome));
        }

        await client.SendAsync($"AUTH BEARER {new string('x', 1 << 20)}\r\n");
        Assert.Equal("500 line too long", await client.ReadAsync());
        await client.ExpectAsync($"AUTH BEARER {good}", "204 mallory");
        Assert.DoesNotContain("mallory", Node.Output, StringComparison.Ordinal);

        Task<double> CountAsync(string outcome) => Node.MetricAsync("conference_signins_total", $"outcome=\"{outcome}");
    }

    [Fact]
    public async Task Wrong_passwords_are_refused_alike_and_slow_their_sender_down()
    {
        await using var client = await TestClient.ConnectAsync(Node, "127.0.4.5");
        await client.ExpectAsync("AUTH PLAIN %%%", "504 malformed credentials");
        await client.ExpectAsync($"AUTH PLAIN {Convert.ToBase64String([0, 1, 2, 0xFF, 0, 5])}", "504 malformed credentials");
        string reply = "";
        int tries = 0;
        for (; tries < 50 && reply != "504 try again later"; tries++)
        {
            Assert.True(reply is "" or "504 wrong name or password", reply);
            reply = await client.AskAsync(Plain("nobody", $"guess {tries}"));
        }

        Assert.Equal("504 try again later", reply);
        Assert.InRange(tries, 5, 30);
        // Another address is not held up by it, and neither is a token.
        await using var other = await TestClient.ConnectAsync(Node, "127.0.4.6");
        await other.ExpectAsync($"AUTH BEARER {Tokens.Hs256("nobody")}", "204 nobody");
        Assert.DoesNotContain("guess", Node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_when_its_token_does()
    {
        await using var client = await TestClient.ConnectAsync(Node, "127.0.4.7");
        // Thirty seconds of grace for clocks, so two are left.
        await client.ExpectAsync($"AUTH BEARER {Tokens.Hs256("shortlived", seconds: -28)}", "204 shortlived");
        Assert.Equal("421 token expired", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_tls()
    {
        await using var client = await TestClient.ConnectAsync(Node, "127.0.4.8");
        Assert.DoesNotContain("STLS", await client.AskAsync("FEAT"), StringComparison.Ordinal);
        await client.SendAsync("STLS\r\nNOOP\r\n");
        Assert.Equal("504 TLS not available", await client.ReadAsync());
        Assert.Equal("200 ok", await client.ReadAsync());
    }

    private static string Plain(string user, string password) =>
        $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))}";
}

/// <summary>A node where signing in is required, with a secret for tokens.</summary>
public sealed class StrictNode : IAsyncLifetime
{
    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync("Auth:Mode=required", $"Auth:JwtKey={Tokens.Secret}");

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
