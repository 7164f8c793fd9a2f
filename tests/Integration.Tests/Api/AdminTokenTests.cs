using System.Text.Json;

namespace Conference.Integration.Tests.Api;

/// <summary>Tokens that are made by the API: what they may, where, and until when.</summary>
public sealed class AdminTokenTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IAsyncLifetime
{
    private readonly AdminClient _admin = new(fixture.Node);

    public async ValueTask InitializeAsync()
    {
        foreach (string domain in (string[])["acme.example", "globex.example"])
            Assert.InRange((await _admin.PutAsync($"domains/{domain}", "{}")).Status, 200, 201);
    }

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Who_may_only_read_changes_nothing()
    {
        using var reader = await MakeAsync("reader", """["read"]""");
        foreach (var (method, path) in OpenApiTests.Documented())
        {
            string concrete = path.TrimStart('/').Replace("{domain}", "acme.example", StringComparison.Ordinal).Replace('{', 'x').Replace('}', 'x');
            // Whoever sees tokens and webhooks may make them.
            bool isManaged = path.EndsWith("/admin-tokens", StringComparison.Ordinal) || path.Contains("/webhooks", StringComparison.Ordinal);
            if (method == "GET" && !isManaged && !path.EndsWith("/events", StringComparison.Ordinal))
                Assert.NotEqual((path, 403), (path, (await reader.GetAsync(concrete)).Status));
            else if (method != "GET")
                Assert.Equal((method, path, 403), (method, path, (await reader.SendAsync(new HttpMethod(method), concrete, method == "DELETE" ? null : "{}")).Status));
        }

        Assert.Equal(403, (await reader.GetAsync("admin-tokens")).Status);
        Assert.Equal(403, (await reader.GetAsync("webhooks")).Status);
        var refused = (await _admin.GetAsync("audit?limit=1000")).Body.GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("token").ValueKind == JsonValueKind.String && e.GetProperty("token").GetString() == "reader").ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, e => Assert.Equal("refused", e.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task A_token_of_a_domain_learns_nothing_about_any_other()
    {
        Assert.Equal(200, (await _admin.PutAsync("domains/globex.example/rooms/secret", "{}")).Status);
        using var acme = await MakeAsync("acme's", """["read","moderate","manage"]""", "acme.example");
        Assert.Equal(200, (await acme.PutAsync("domains/acme.example/rooms/lobby", "{}")).Status);
        Assert.Equal(200, (await acme.GetAsync("domains/ACME.example./rooms/lobby")).Status);
        Assert.Equal("acme.example", (await acme.GetAsync("domains/acme.example")).Body.GetProperty("name").GetString());
        Assert.Equal(200, (await acme.GetAsync("domains/acme.example/usage")).Status);

        foreach (string call in (string[])["", "/rooms", "/rooms/secret", "/rooms/none", "/users", "/users/joe", "/calls", "/usage", "/usage?format=csv"])
        {
            var (status, problem) = await acme.GetAsync($"domains/globex.example{call}");
            var (statusOfNone, ofNone) = await acme.GetAsync($"domains/there-is-none.example{call}");
            Assert.Equal((403, 403), (status, statusOfNone));
            Assert.Equal(problem.GetProperty("detail").GetString(), ofNone.GetProperty("detail").GetString());
        }

        foreach (string path in (string[])["rooms", "users", "calls", "usage", "nodes", "domains", "audit", "drain", "figures/rooms", "events"])
            Assert.Equal((path, 403), (path, (await acme.GetAsync(path)).Status));
        Assert.Equal(403, (await acme.PutAsync("domains/globex.example/rooms/secret/members/joe/mute", "{}")).Status);
        Assert.Equal(403, (await acme.DeleteAsync("domains/globex.example/rooms/secret")).Status);
        Assert.Equal(403, (await acme.PutAsync("domains/acme.example", "{}")).Status);
        Assert.Equal(403, (await acme.DeleteAsync("domains/acme.example")).Status);
        Assert.Equal(200, (await _admin.GetAsync("domains/globex.example/rooms/secret")).Status);
    }

    [Fact]
    public async Task Who_moderates_does_not_manage()
    {
        using var moderator = await MakeAsync("moderator", """["moderate"]""", "default");
        await using var alice = await TestClient.ConnectAsync(fixture.Node);
        await alice.ExpectAsync("AUTH ANONYMOUS alice-moderated", "204 alice-moderated");
        await alice.ConnAsync("audio", "moderated@127.0.0.1");

        Assert.Equal(204, (await moderator.PutAsync("rooms/moderated/members/alice-moderated/mute", "{}")).Status);
        Assert.Equal(403, (await moderator.GetAsync("rooms/moderated")).Status);
        Assert.Equal(403, (await moderator.DeleteAsync("rooms/moderated")).Status);
        var entry = (await _admin.GetAsync("audit?room=moderated&domain=default")).Body.GetProperty("items").EnumerateArray()
            .First(e => e.GetProperty("act").GetString() == "mute");
        Assert.Equal(("moderator", "admin"), (entry.GetProperty("token").GetString(), entry.GetProperty("operator").GetString()));
    }

    [Fact]
    public async Task Nobody_gives_more_than_he_has()
    {
        using var acme = await MakeAsync("acme's manager", """["read","manage"]""", "acme.example");
        Assert.Equal(403, await StatusOfMakingAsync(acme, """{"name":"x","rights":["moderate"]}"""));
        Assert.Equal(403, await StatusOfMakingAsync(acme, """{"name":"x","rights":["read"],"domain":"globex.example"}"""));
        Assert.Equal(403, await StatusOfMakingAsync(acme, """{"name":"x","rights":["read"],"domain":"there-is-none.example"}"""));
        var (status, made) = await acme.SendAsync(HttpMethod.Post, "admin-tokens", """{"name":"acme's reader","rights":["read"]}""");
        Assert.Equal((201, "acme.example"), (status, made.GetProperty("token").GetProperty("domain").GetString()));

        var (_, others) = await _admin.SendAsync(HttpMethod.Post, "admin-tokens", """{"name":"of all","rights":["read"]}""");
        string idOfOthers = others.GetProperty("token").GetProperty("id").GetString()!;
        Assert.Equal(404, (await acme.DeleteAsync($"admin-tokens/{idOfOthers}")).Status);
        var seen = (await acme.GetAsync("admin-tokens?limit=1000")).Body.GetProperty("items").EnumerateArray().ToArray();
        Assert.Contains(seen, t => t.GetProperty("name").GetString() == "acme's reader");
        Assert.All(seen, t => Assert.Equal("acme.example", t.GetProperty("domain").GetString()));
        Assert.Equal(204, (await _admin.DeleteAsync($"admin-tokens/{idOfOthers}")).Status);
    }

    [Fact]
    public async Task What_lets_in_is_told_once_and_no_longer_than_until_it_is_withdrawn()
    {
        var (status, made) = await _admin.SendAsync(HttpMethod.Post, "admin-tokens", """{"name":"for a while","rights":["read","operate"]}""");
        Assert.Equal(201, status);
        string secret = made.GetProperty("secret").GetString()!;
        string id = made.GetProperty("token").GetProperty("id").GetString()!;
        using var client = new AdminClient(fixture.Node, secret);
        Assert.Equal(200, (await client.GetAsync("nodes")).Status);

        var listed = (await _admin.GetAsync("admin-tokens?limit=1000")).Body;
        Assert.Contains(id, listed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await _admin.GetAsync("audit?limit=1000")).Body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fixture.Node.Output, StringComparison.Ordinal);

        Assert.Equal(204, (await _admin.DeleteAsync($"admin-tokens/{id}")).Status);
        Assert.Equal(401, (await client.GetAsync("nodes")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync($"admin-tokens/{id}")).Status);
    }

    [Fact]
    public async Task A_customer_that_has_gone_has_no_tokens_for_the_next_of_that_name()
    {
        Assert.Equal(201, (await _admin.PutAsync("domains/gone.example", "{}")).Status);
        using var gone = await MakeAsync("gone", """["read"]""", "gone.example");
        Assert.Equal(200, (await gone.GetAsync("domains/gone.example/rooms")).Status);
        Assert.Equal(204, (await _admin.DeleteAsync("domains/gone.example")).Status);
        Assert.Equal(401, (await gone.GetAsync("domains/gone.example/calls")).Status);
        Assert.Equal(201, (await _admin.PutAsync("domains/gone.example", "{}")).Status);
        Assert.Equal(401, (await gone.GetAsync("domains/gone.example/rooms")).Status);
    }

    private static async Task<int> StatusOfMakingAsync(AdminClient client, string body) => (await client.SendAsync(HttpMethod.Post, "admin-tokens", body)).Status;

    private async Task<AdminClient> MakeAsync(string name, string rights, string? domain = null)
    {
        string scope = domain is null ? "null" : $"\"{domain}\"";
        var (status, made) = await _admin.SendAsync(HttpMethod.Post, "admin-tokens", $$"""{"name":"{{name}}","rights":{{rights}},"domain":{{scope}}}""");
        Assert.Equal(201, status);
        return new AdminClient(fixture.Node, made.GetProperty("secret").GetString()!);
    }
}
