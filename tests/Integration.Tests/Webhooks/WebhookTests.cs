using System.Diagnostics;
using System.Text.Json;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Webhooks;

/// <summary>Webhooks of a real node, from the API to receivers of every kind.</summary>
public sealed class WebhookTests(WebhookNode fixture) : IClassFixture<WebhookNode>, IDisposable
{
    private readonly AdminClient _admin = new(fixture.Node);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task What_happens_in_rooms_is_told_in_order_and_signed()
    {
        await using var receiver = new WebhookReceiver();
        string made = await MakeAsync("told.example", receiver);
        Assert.Equal("null", made);
        var joe = await JoinAsync("joe", "room@told.example");
        await using (var ann = await JoinAsync("ann", "room@told.example"))
        {
            await joe.ExpectAsync("SETP session recording on", "310 session on");
            await TakenAsync(receiver, 4);
            Assert.Equal(204, (await _admin.PutAsync("domains/told.example/rooms/room/members/ann/mute", """{"muted":true}""")).Status);
            Assert.Equal(204, (await _admin.PutAsync("domains/told.example/rooms/room/members/ann/mute", """{"muted":false}""")).Status);
            Assert.Equal(204, (await _admin.DeleteAsync("domains/told.example/rooms/room/members/ann")).Status);
            await TakenAsync(receiver, 8);
        }

        await joe.DisposeAsync();
        await TakenAsync(receiver, 11);
        Assert.Equal(
            [
                "room.opened ", "member.joined joe", "member.joined ann", "recording.began joe", "member.muted ann", "member.unmuted ann", "member.putout ann", "member.left ann",
                "recording.ended joe", "member.left joe", "room.closed ",
            ],
            receiver.Received.Select(e => $"{e.Kind} {e.Member}"));
        Assert.All(receiver.Received, e => Assert.True(e.IsSigned));
        var calls = (await _admin.GetAsync("domains/told.example/calls")).Body.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetString());
        Assert.Equal(calls.Order(), receiver.Received.Where(e => e.Kind == "member.left").Select(e => e.Call).Order());
        await Eventually.EqualAsync(11, async () => (await DeliveriesAsync("told.example", "delivered")).Length);
        Assert.True((await _admin.GetAsync("domains/told.example/usage")).Body.GetProperty("recordedMinutes").GetDecimal() > 0);
    }

    [Fact]
    public async Task What_fails_holds_back_its_room_alone_then_is_dead_and_can_be_replayed()
    {
        await using var receiver = new WebhookReceiver();
        receiver.Answer = e => e.Room == "bad" ? e.Kind == "room.opened" ? 500 : 302 : 204;
        await MakeAsync("dead.example", receiver, "\"room.opened\",\"member.joined\"");
        await using var joe = await JoinAsync("joe", "bad@dead.example");
        await Eventually.IsTrueAsync(() => receiver.Received.Length > 0, TestClient.Limit);
        await using var ann = await JoinAsync("ann", "good@dead.example");
        await TakenAsync(receiver, 2);
        Assert.All(receiver.Taken, e => Assert.Equal("good", e.Room));

        await Eventually.EqualAsync(2, async () => (await DeliveriesAsync("dead.example", "dead")).Length);
        var dead = await DeliveriesAsync("dead.example", "dead");
        Assert.Equal(["answered 302: redirects are not followed", "answered 500"], dead.Select(d => d.GetProperty("reason").GetString()));
        string[] tried = [.. receiver.Received.Where(e => e.Room == "bad").Select(e => e.Kind)];
        Assert.Equal(tried.OrderByDescending(k => k), tried);
        Assert.True(dead[1].GetProperty("attempts").GetInt32() > 1);

        receiver.Answer = _ => 204;
        string id = dead[0].GetProperty("id").GetString()!;
        string path = $"domains/dead.example/webhooks/hook/deliveries/{id}";
        Assert.Equal("member.joined", (await _admin.GetAsync(path)).Body.GetProperty("event").GetProperty("kind").GetString());
        Assert.Equal(202, (await _admin.SendAsync(HttpMethod.Post, $"{path}/replay")).Status);
        await Eventually.IsTrueAsync(() => receiver.Taken.Any(e => e.Id == id), TestClient.Limit);
        await Eventually.EqualAsync("delivered", async () => (await _admin.GetAsync(path)).Body.GetProperty("state").GetString());
        Assert.Single(await DeliveriesAsync("dead.example", "dead"));
        Assert.Matches("conference_webhook_deliveries_total{result=\"dead\"} [1-9]", await fixture.MetricsAsync());
    }

    [Fact]
    public async Task A_receiver_that_says_nothing_costs_no_other_domain_and_no_call()
    {
        await using var silent = new WebhookReceiver { Answer = _ => 0 };
        await using var receiver = new WebhookReceiver();
        await MakeAsync("silent.example", silent);
        await MakeAsync("quick.example", receiver);
        var open = new List<TestClient>();
        for (int i = 0; i < 20; i++)
            open.Add(await JoinAsync($"joe-{i}", $"room-{i}@silent.example"));
        // As many as it may have are under way, and none of them is answered.
        await Eventually.IsTrueAsync(() => silent.Received.Length >= 16, TestClient.Limit);
        await using (await JoinAsync("ann", "room@quick.example"))
            await TakenAsync(receiver, 2);
        foreach (var client in open)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Settings_are_told_without_the_secret_and_changed_as_they_are_said()
    {
        await using var receiver = new WebhookReceiver();
        Assert.Equal(201, (await _admin.PutAsync("domains/set.example", "{}")).Status);
        const string path = "domains/set.example/webhooks/hook";
        string body = $$"""{"url":"{{receiver.Url}}","kinds":["room.opened"]}""";
        var (status, made) = await _admin.PutAsync(path, body);
        Assert.Equal(201, status);
        Assert.Matches("^webhook-[0-9a-f]{48}$", made.GetProperty("secret").GetString());
        (status, var again) = await _admin.PutAsync(path, body);
        Assert.Equal((200, JsonValueKind.Null), (status, again.GetProperty("secret").ValueKind));
        Assert.False((await _admin.GetAsync(path)).Body.TryGetProperty("secret", out _));
        Assert.Equal("hook", Assert.Single((await _admin.GetAsync("domains/set.example/webhooks")).Body.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());

        // While it is off nothing is sent, and nothing queued.
        Assert.Equal(200, (await _admin.PutAsync(path, body.Replace("]}", "],\"enabled\":false}", StringComparison.Ordinal))).Status);
        await using (await JoinAsync("joe", "off@set.example"))
        {
            Assert.Equal(200, (await _admin.PutAsync(path, body)).Status);
            await using var ann = await JoinAsync("ann", "on@set.example");
            await Eventually.IsTrueAsync(() => receiver.Received.Length > 0, TestClient.Limit);
        }

        Assert.All(receiver.Received, e => Assert.Equal("on", e.Room));
        Assert.All(receiver.Received, e => Assert.False(e.IsSigned));
        for (int i = 1; i < 20; i++)
            Assert.Equal(201, (await _admin.PutAsync($"{path}-{i}", body)).Status);
        Assert.Equal(409, (await _admin.PutAsync($"{path}-20", body)).Status);
        Assert.Equal(204, (await _admin.DeleteAsync(path)).Status);
        foreach (string gone in (string[])[path, $"{path}/deliveries", $"{path}/deliveries/0123456789abcdef0123456789abcdef"])
            Assert.Equal(404, (await _admin.GetAsync(gone)).Status);
        Assert.Equal(404, (await _admin.DeleteAsync(path)).Status);
    }

    [Theory]
    [InlineData("""{"url":"ftp://hooks.example/","kinds":["room.opened"]}""", "url")]
    [InlineData("""{"url":"http://joe:secret@127.0.0.1/","kinds":["room.opened"]}""", "url")]
    [InlineData("""{"url":"","kinds":["room.opened"]}""", "url")]
    [InlineData("""{"kinds":["room.opened"]}""", "url")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":[]}""", "kinds")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":["room.opened","room.opened"]}""", "kinds")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":["room.painted"]}""", "kinds")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":"room.opened"}""", "kinds")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":["room.opened"],"secret":"short"}""", "secret")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":["room.opened"],"secret":"with a line\nin it, sixteen"}""", "secret")]
    [InlineData("""{"url":"http://127.0.0.1/","kinds":["room.opened"],"colour":1}""", "colour")]
    public async Task Wrong_settings_are_refused_by_the_field(string body, string field)
    {
        var (status, problem) = await _admin.PutAsync("webhooks/wrong", body);
        Assert.Equal(400, status);
        if (problem.TryGetProperty("field", out var told))
            Assert.Equal(field, told.GetString());
        Assert.Equal(400, (await _admin.PutAsync("webhooks/a%20b", """{"url":"http://127.0.0.1/","kinds":["room.opened"]}""")).Status);
        Assert.Equal(404, (await _admin.GetAsync("webhooks/wrong")).Status);
    }

    [Fact]
    public async Task Another_domains_token_learns_nothing()
    {
        await using var receiver = new WebhookReceiver();
        await MakeAsync("mine.example", receiver);
        Assert.Equal(201, (await _admin.PutAsync("domains/theirs.example", "{}")).Status);
        using var theirs = await TokenAsync("theirs.example", "manage");
        using var reader = await TokenAsync("mine.example", "read");
        foreach (string path in (string[])["webhooks", "webhooks/hook", "webhooks/none", "webhooks/hook/deliveries", "webhooks/hook/deliveries/0123456789abcdef0123456789abcdef"])
        {
            var (status, problem) = await theirs.GetAsync($"domains/mine.example/{path}");
            Assert.Equal((403, "this token is for another domain"), (status, problem.GetProperty("detail").GetString()));
            (status, problem) = await theirs.GetAsync($"domains/nobody.example/{path}");
            Assert.Equal((403, "this token is for another domain"), (status, problem.GetProperty("detail").GetString()));
            Assert.Equal(403, (await reader.GetAsync($"domains/mine.example/{path}")).Status);
        }

        string body = $$"""{"url":"{{receiver.Url}}","kinds":["room.opened"]}""";
        Assert.Equal(403, (await theirs.PutAsync("domains/mine.example/webhooks/hook", body)).Status);
        Assert.Equal(403, (await theirs.DeleteAsync("domains/mine.example/webhooks/hook")).Status);
        Assert.Equal(403, (await theirs.SendAsync(HttpMethod.Post, "domains/mine.example/webhooks/hook/deliveries/0/replay")).Status);
        Assert.Equal(201, (await theirs.PutAsync("domains/theirs.example/webhooks/hook", body)).Status);
        Assert.Equal(404, (await _admin.GetAsync("domains/nobody.example/webhooks")).Status);
    }

    [Fact]
    public async Task A_domain_that_is_removed_takes_its_webhooks_along()
    {
        await using var receiver = new WebhookReceiver { Answer = _ => 500 };
        await MakeAsync("going.example", receiver);
        await using var joe = await JoinAsync("joe", "room@going.example");
        await Eventually.IsTrueAsync(() => receiver.Received.Length > 0, TestClient.Limit);
        await Eventually.EqualAsync(true, async () => (await _admin.DeleteAsync("domains/going.example")).Status is 204 or 404);
        await Eventually.EqualAsync(true, async () => (await _admin.PutAsync("domains/going.example", "{}")).Status is 201 or 200);
        Assert.Empty((await _admin.GetAsync("domains/going.example/webhooks")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal(404, (await _admin.GetAsync("domains/going.example/webhooks/hook/deliveries")).Status);
    }

    [Fact]
    public async Task The_receiver_in_the_hosting_page_takes_what_is_signed_and_nothing_else()
    {
        string page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "hosting.md"), TestContext.Current.CancellationToken);
        string script = page.Split("```python\n")[1].Split("```")[0];
        Assert.InRange(script.Split('\n').Length, 10, 42);
        int port = FreePorts.Take();
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", script, $"{port}", WebhookReceiver.Secret])
            start.ArgumentList.Add(argument);
        using var python = Process.Start(start)!;
        try
        {
            await Eventually.IsTrueAsync(() => IsListeningAsync(port), TestClient.Limit);
            Assert.Equal(201, (await _admin.PutAsync("domains/page.example", "{}")).Status);
            string body = $$"""{"url":"http://127.0.0.1:{{port}}/","kinds":["room.opened","member.joined","member.left"],"secret":"{{WebhookReceiver.Secret}}"}""";
            Assert.Equal(201, (await _admin.PutAsync("domains/page.example/webhooks/hook", body)).Status);
            await using (await JoinAsync("joe", "standup@page.example"))
            {
                using var limit = new CancellationTokenSource(TestClient.Limit);
                Assert.Equal("room.opened standup None", await python.StandardOutput.ReadLineAsync(limit.Token));
                Assert.Equal("member.joined standup joe", await python.StandardOutput.ReadLineAsync(limit.Token));
            }

            using var stranger = new HttpClient();
            using var forged = new StringContent("""{"id":"1","kind":"room.opened","room":"standup","member":null}""");
            forged.Headers.Add("Conference-Time", DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
            forged.Headers.Add("Conference-Signature", "sha256=00");
            using var answer = await stranger.PostAsync(new Uri($"http://127.0.0.1:{port}/"), forged, TestContext.Current.CancellationToken);
            Assert.Equal(403, (int)answer.StatusCode);
        }
        finally
        {
            python.Kill();
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task No_url_secret_or_payload_is_in_the_log()
    {
        await using var receiver = new WebhookReceiver { Answer = _ => 500 };
        Assert.Equal(201, (await _admin.PutAsync("domains/log.example", "{}")).Status);
        string body = $$"""{"url":"{{receiver.Url}}?key=hidden-key","kinds":["member.joined"],"secret":"a-hidden-secret-here"}""";
        Assert.Equal(201, (await _admin.PutAsync("domains/log.example/webhooks/hook", body)).Status);
        await using (await JoinAsync("hidden-person", "hidden-room@log.example"))
            await Eventually.EqualAsync(1, async () => (await DeliveriesAsync("log.example", "dead")).Length);
        foreach (string hidden in (string[])["hidden-key", "hidden-secret", "hidden-person", "hidden-room", $":{receiver.Port}"])
            Assert.DoesNotContain(hidden, fixture.Node.Output, StringComparison.Ordinal);
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static Task TakenAsync(WebhookReceiver receiver, int count) => Eventually.EqualAsync(count, () => receiver.Taken.Length);

    private async Task<JsonElement[]> DeliveriesAsync(string domain, string state) =>
        [.. (await _admin.GetAsync($"domains/{domain}/webhooks/hook/deliveries?state={state}")).Body.GetProperty("items").EnumerateArray()];

    /// <returns>The secret, as JSON.</returns>
    private async Task<string> MakeAsync(string domain, WebhookReceiver receiver, string? kinds = null)
    {
        Assert.Equal(201, (await _admin.PutAsync($"domains/{domain}", "{}")).Status);
        kinds ??= "\"room.opened\",\"room.closed\",\"member.joined\",\"member.left\",\"member.putout\",\"member.muted\",\"member.unmuted\",\"recording.began\",\"recording.ended\"";
        var (status, made) = await _admin.PutAsync($"domains/{domain}/webhooks/hook", $$"""{"url":"{{receiver.Url}}","kinds":[{{kinds}}],"secret":"{{WebhookReceiver.Secret}}"}""");
        Assert.Equal(201, status);
        return made.GetProperty("secret").GetRawText();
    }

    private async Task<AdminClient> TokenAsync(string domain, string right)
    {
        var (status, made) = await _admin.SendAsync(HttpMethod.Post, "admin-tokens", $$"""{"name":"{{right}}","domain":"{{domain}}","rights":["{{right}}"]}""");
        Assert.Equal(201, status);
        return new AdminClient(fixture.Node, made.GetProperty("secret").GetString()!);
    }

    private async Task<TestClient> JoinAsync(string name, string room)
    {
        var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH ANONYMOUS {name}@{room.Split('@')[1]}", $"204 {name}");
        await client.ConnAsync("audio", room);
        return client;
    }
}

/// <summary>A node whose receivers may be here, and that soon gives them up.</summary>
public sealed class WebhookNode : IAsyncLifetime
{
    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync("Webhooks:AllowPrivate=true", "Webhooks:RetrySeconds=2");

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    public async Task<string> MetricsAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://127.0.0.1:{Node.HttpPort}/metrics"));
    }
}
