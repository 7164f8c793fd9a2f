using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Conference.Integration.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private NodeProcess _node = null!;
    private AdminClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        _admin = new AdminClient(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Every_call_wants_the_admin_token_before_it_looks_at_anything_else()
    {
        foreach (var (method, path) in OpenApiTests.Documented())
        {
            using var nobody = new AdminClient(_node, "not-the-token");
            var (status, _) = await nobody.SendAsync(new HttpMethod(method), path.TrimStart('/'), "{broken");
            Assert.True(status is 401 or 429, $"{method} {path}: {status}");
        }

        Assert.True(await _node.MetricAsync("conference_http_refused_total") >= 10);
        Assert.Equal(200, (await _admin.GetAsync("rooms")).Status);
        Assert.DoesNotContain(AdminClient.Token, _node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_alone_is_a_cluster_of_one_that_owns_every_shard()
    {
        await using var alice = await TestClient.ConnectAsync(_node);
        await alice.ConnAsync("video", "lobby@127.0.0.1");
        var (status, page) = await _admin.GetAsync("nodes");
        Assert.Equal(200, status);
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
        var node = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Matches("^[0-9a-f]{32}$", node.GetProperty("id").GetString());
        Assert.Equal(("test", "up", 0, true), (
            node.GetProperty("name").GetString(), node.GetProperty("state").GetString(), node.GetProperty("number").GetInt32(), node.GetProperty("self").GetBoolean()));
        Assert.Equal((128, false, true), (
            node.GetProperty("shards").GetInt32(), node.GetProperty("draining").GetBoolean(), node.GetProperty("reachable").GetBoolean()));
        Assert.Equal((1, 1, 1), (
            node.GetProperty("sessions").GetInt32(), node.GetProperty("rooms").GetInt32(), node.GetProperty("members").GetInt32()));
        Assert.Empty((await _admin.GetAsync("nodes?after=0")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal(400, (await _admin.GetAsync("nodes?after=first")).Status);
        Assert.Equal(400, (await _admin.GetAsync("nodes?limit=0")).Status);
    }

    [Fact]
    public async Task An_account_can_be_made_signed_in_to_changed_and_removed()
    {
        var (made, account) = await _admin.PutAsync("users/Joe", """{"password":"open sesame"}""");
        Assert.Equal(201, made);
        Assert.Equal("joe", account.GetProperty("name").GetString());
        await using var guest = await TestClient.ConnectAsync(_node);
        await guest.ExpectAsync("HELO joe@127.0.0.1", "501 joe is not here");
        await guest.ExpectAsync("CONN video joe@127.0.0.1", "503 joe is not here");
        await guest.ExpectAsync("AUTH ANONYMOUS joe", "504 name in use");

        await using var joe = await TestClient.ConnectAsync(_node);
        await joe.ExpectAsync($"AUTH PLAIN {Plain("joe", "wrong")}", "504 wrong name or password");
        await joe.ExpectAsync($"AUTH PLAIN {Plain("joe", "open sesame")}", "204 joe");
        await using var laptop = await TestClient.ConnectAsync(_node);
        await laptop.ExpectAsync($"AUTH PLAIN {Plain("joe", "open sesame")}", "204 joe");
        await joe.ExpectAsync("STAT joe@127.0.0.1 away", "202 away");
        await laptop.ExpectAsync("STAT joe@127.0.0.1", "202 away");
        await guest.ExpectAsync("HELO joe@127.0.0.1", "201 joe is here");
        Assert.Equal(2, (await _admin.GetAsync("users/joe")).Body.GetProperty("sessions").GetInt32());

        Assert.Equal(200, (await _admin.PutAsync("users/joe", """{"password":"other words"}""")).Status);
        foreach (var old in (TestClient[])[joe, laptop])
            Assert.Equal("421 password changed, sign in again", await old.ReadAsync());
        await using var phone = await TestClient.ConnectAsync(_node);
        await phone.ExpectAsync($"AUTH PLAIN {Plain("joe", "other words")}", "204 joe");
        await using var late = await TestClient.ConnectAsync(_node);
        await late.ExpectAsync($"AUTH PLAIN {Plain("joe", "open sesame")}", "504 wrong name or password");
        Assert.Equal(204, (await _admin.DeleteAsync("users/joe")).Status);
        Assert.Equal("421 account removed", await phone.ReadAsync());
        // Whoever looks for joe finds nobody, and no stranger either.
        Assert.StartsWith("504", await guest.AskAsync("AUTH ANONYMOUS joe"), StringComparison.Ordinal);
        // Nobody waits for a session's end but the user it belonged to.
        await Eventually.EqualAsync(404, async () => (await _admin.GetAsync("users/joe")).Status);
    }

    [Fact]
    public async Task A_kept_room_has_its_own_settings_and_can_be_closed()
    {
        Assert.Equal(200, (await _admin.PutAsync("rooms/board", """{"maxMembers":1,"locked":false}""")).Status);
        await using var alice = await TestClient.ConnectAsync(_node);
        await using var bob = await TestClient.ConnectAsync(_node);
        await alice.ExpectAsync("STAT board@127.0.0.1", "202 online");
        await alice.ExpectAsync("SETP session events on", "310 session on");
        await alice.ConnAsync("video", "board@127.0.0.1");
        await bob.ExpectAsync("CONN video board@127.0.0.1", "503 room is full");
        Assert.Equal(200, (await _admin.PutAsync("rooms/board", """{"maxMembers":10,"locked":true}""")).Status);
        await bob.ExpectAsync("CONN video board@127.0.0.1", "503 room is locked");
        await bob.ExpectAsync("STAT board@127.0.0.1", "202 busy");
        var (_, listed) = await _admin.GetAsync("rooms");
        Assert.Equal("board", Assert.Single(listed.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());

        Assert.Equal("125 room locked on", await alice.ReadAsync());

        Assert.Equal(204, (await _admin.DeleteAsync("rooms/board")).Status);

        Assert.StartsWith("111 left guest-", await alice.ReadAsync(), StringComparison.Ordinal);
        await Eventually.EqualAsync(404, async () => (await _admin.GetAsync("rooms/board")).Status);
        await Eventually.EqualAsync(0, () => _node.MetricAsync("conference_ports_in_use"));
        await bob.ConnAsync("video", "board@127.0.0.1");
    }

    [Fact]
    public async Task Put_replaces_a_rooms_settings_and_patch_changes_those_it_names()
    {
        Assert.Equal(404, (await _admin.SendAsync(HttpMethod.Patch, "rooms/desk", """{"locked":true}""")).Status);
        await _admin.PutAsync("rooms/desk", """{"maxMembers":7}""");
        Assert.Equal((7, true), Settings(await _admin.SendAsync(HttpMethod.Patch, "rooms/desk", """{"locked":true}""")));
        Assert.Equal((9, true), Settings(await _admin.SendAsync(HttpMethod.Patch, "rooms/desk", """{"maxMembers":9}""")));
        Assert.Equal((9, true), Settings(await _admin.SendAsync(HttpMethod.Patch, "rooms/desk", "{}")));
        Assert.Equal((1000, true), Settings(await _admin.PutAsync("rooms/desk", """{"locked":true}""")));

        // One that is open and not kept is kept from then on.
        await using var alice = await TestClient.ConnectAsync(_node);
        await alice.ConnAsync("video", "corner@127.0.0.1");
        Assert.Equal((1000, true), Settings(await _admin.SendAsync(HttpMethod.Patch, "rooms/corner", """{"locked":true}""")));
        Assert.True((await _admin.GetAsync("rooms/corner")).Body.GetProperty("kept").GetBoolean());

        static (int, bool) Settings((int Status, JsonElement Body) answer) =>
            (answer.Body.GetProperty("maxMembers").GetInt32(), answer.Body.GetProperty("locked").GetBoolean());
    }

    [Fact]
    public async Task A_member_can_be_muted_and_put_out_and_its_call_record_says_so()
    {
        await using var alice = await TestClient.ConnectAsync(_node);
        await using var bob = await TestClient.ConnectAsync(_node);
        await alice.ExpectAsync("AUTH ANONYMOUS alice", "204 alice");
        var a = await alice.ConnAsync("audio", "panel@127.0.0.1");
        var b = await bob.ConnAsync("audio", "panel@127.0.0.1");
        await a.LatchAsync(b);

        Assert.Equal(204, (await _admin.PutAsync("rooms/panel/members/alice/mute", """{"muted":true}""")).Status);
        a.Say("unheard");
        await Eventually.EqualAsync(true, async () => await _node.MetricAsync("conference_datagrams_dropped_total", "muted") >= 1);
        await alice.ExpectAsync("GETP audio mute", "310 audio on");
        await alice.ExpectAsync("SETP audio mute off", "510 audio off could not set mute");
        a.Say("still unheard");
        await Eventually.EqualAsync(true, async () => await _node.MetricAsync("conference_datagrams_dropped_total", "muted") >= 2);
        Assert.Equal(204, (await _admin.PutAsync("rooms/panel/members/alice/mute", """{"muted":false}""")).Status);
        a.Say("heard");
        Assert.Equal("heard", await b.HearAsync());

        Assert.Equal(204, (await _admin.DeleteAsync("rooms/panel/members/alice")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync("rooms/panel/members/nobody")).Status);
        await Eventually.EqualAsync(1, async () => (await _admin.GetAsync("rooms/panel")).Body.GetProperty("members").GetArrayLength());
        await alice.ExpectAsync("CONN audio panel@127.0.0.1", "503 put out");
        Assert.Equal("alice", Assert.Single((await _admin.GetAsync("rooms/panel")).Body.GetProperty("putOut").EnumerateArray()).GetString());
        Assert.Equal(204, (await _admin.DeleteAsync("rooms/panel/put-out/alice")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync("rooms/panel/put-out/alice")).Status);
        Assert.Empty((await _admin.GetAsync("rooms/panel")).Body.GetProperty("putOut").EnumerateArray());
        await Eventually.EqualAsync("put out", async () => Assert.Single(await CallsAsync("user=alice")).GetProperty("end").GetString());
        var call = Assert.Single(await CallsAsync("user=alice&room=panel"));
        Assert.Equal("audio", Assert.Single(call.GetProperty("services").EnumerateArray()).GetString());
        Assert.True(call.GetProperty("packetsIn").GetInt64() >= 4);
        Assert.Equal(204, (await _admin.DeleteAsync("rooms/panel")).Status);
    }

    [Fact]
    public async Task Call_records_say_how_a_call_ended_and_are_paged()
    {
        await using (var client = await TestClient.ConnectAsync(_node))
        {
            await client.ExpectAsync("AUTH ANONYMOUS biller", "204 biller");
            for (int i = 0; i < 5; i++)
            {
                await client.ConnAsync("video", $"billed-{i}@127.0.0.1");
                await client.ExpectAsync($"DCON video billed-{i}@127.0.0.1", "304 video disconnected");
            }

            await client.ConnAsync("video", "billed-last@127.0.0.1");
        }

        await Eventually.EqualAsync("lost", async () => (await CallsAsync("room=billed-last"))[0].GetProperty("end").GetString());
        var seen = new List<string>();
        string? next = null;
        do
        {
            var (status, page) = await _admin.GetAsync($"calls?user=biller&limit=4{(next is null ? "" : "&after=" + Uri.EscapeDataString(next))}");
            Assert.Equal(200, status);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("room").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(["billed-last", "billed-4", "billed-3", "billed-2", "billed-1", "billed-0"], seen);
        string tomorrow = DateTimeOffset.UtcNow.AddDays(1).ToString("O", CultureInfo.InvariantCulture);
        Assert.Empty(await CallsAsync($"user=biller&from={Uri.EscapeDataString(tomorrow)}"));
    }

    [Fact]
    public async Task Usage_is_told_by_day_as_json_and_as_csv()
    {
        await using (var client = await TestClient.ConnectAsync(_node))
        {
            await client.ConnAsync("video", "billed@127.0.0.1");
            await client.ConnAsync("video", "also-billed@127.0.0.1");
            await client.ExpectAsync("DCON video billed@127.0.0.1", "304 video disconnected");
            await Eventually.EqualAsync(2, async () => (await _admin.GetAsync("usage")).Body.GetProperty("joins").GetInt32());
            decimal before = (await _admin.GetAsync("usage")).Body.GetProperty("memberMinutes").GetDecimal();
            await Eventually.EqualAsync(true, async () => (await _admin.GetAsync("usage")).Body.GetProperty("memberMinutes").GetDecimal() > before);
        }

        await Eventually.EqualAsync(true, async () => (await CallsAsync("room=also-billed"))[0].GetProperty("ended").ValueKind == JsonValueKind.String);
        var (status, usage) = await _admin.GetAsync("usage");
        Assert.Equal((200, 2), (status, usage.GetProperty("peakMembers").GetInt32()));
        var days = usage.GetProperty("days").EnumerateArray().ToArray();
        Assert.Equal(usage.GetProperty("memberMinutes").GetDecimal(), days.Sum(d => d.GetProperty("memberMinutes").GetDecimal()));
        Assert.Empty((await _admin.GetAsync("usage?from=2020-01-01&to=2020-02-01T00:00:00Z")).Body.GetProperty("days").EnumerateArray());

        string[] lines = (await _admin.GetTextAsync("usage?format=csv", "text/csv")).Split("\r\n");
        Assert.Equal("day,member_minutes,joins,peak_members,bytes_in,bytes_out,recorded_minutes", lines[0]);
        Assert.Equal(
            days.Select(d => string.Join(',', d.EnumerateObject().Select(f => f.Value.ToString()))), lines[1..^1]);
        Assert.Equal("", lines[^1]);
    }

    private static string Plain(string name, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}"));

    private async Task<IReadOnlyList<JsonElement>> CallsAsync(string query) =>
        [.. (await _admin.GetAsync($"calls?{query}")).Body.GetProperty("items").EnumerateArray()];
}
