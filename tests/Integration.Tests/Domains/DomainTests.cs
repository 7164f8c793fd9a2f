using System.Text;
using System.Text.Json;

namespace Conference.Integration.Tests.Domains;

/// <summary>Customers on one node, from outside: each has rooms and users of its own, and learns nothing of the others.</summary>
public sealed class DomainTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IDisposable
{
    private readonly AdminClient _admin = new(fixture.Node);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task Two_joes_share_nothing()
    {
        await MakeAsync("one.example", "two.example");
        await using var first = await JoinAsync("joe", "one.example");
        await using var second = await JoinAsync("joe", "two.example");
        var (from, to, stranger) = (await first.ConnAsync("video", "standup@one.example"), await MemberAsync("ann", "one.example"), await second.ConnAsync("video", "standup@two.example"));
        await using var ann = to.Client;
        Assert.Equal("110 joined ann@one.example", await first.ReadAsync());
        await from.LatchAsync(to.Media);
        stranger.Say("not heard");
        from.Say("for one");
        Assert.Equal("for one", await to.Media.HearAsync());

        await ann.SendAsync("SEND chat for one\r\n");
        Assert.Equal("203 chat for one", await first.ReadAsync());
        // Nothing of it came here before this.
        await second.ExpectAsync("NOOP", "200 ok");
        await second.ExpectAsync("STAT ann@two.example", "402 status not available");
        await second.ExpectAsync("STAT ann@one.example", "402 status not available");
        await second.ExpectAsync("HELO ann@one.example", "501 ann is not here");
        await second.ExpectAsync("CONN video standup@one.example", "503 not allowed");
        await second.ExpectAsync("LIST standup@one.example", "503 not allowed");

        Assert.Equal(["ann", "joe"], Names((await _admin.GetAsync("domains/one.example/rooms/standup")).Body.GetProperty("members"), "name").Order());
        Assert.Equal(["joe"], Names((await _admin.GetAsync("domains/two.example/rooms/standup")).Body.GetProperty("members"), "name"));
        Assert.Equal(404, (await _admin.GetAsync("rooms/standup")).Status);
        Assert.Equal(["ann", "joe"], Names((await _admin.GetAsync("domains/one.example/users")).Body.GetProperty("items"), "name").Order());
        Assert.DoesNotContain("ann", Names((await _admin.GetAsync("users")).Body.GetProperty("items"), "name"));
        await Eventually.EqualAsync(2, async () => (await _admin.GetAsync("domains/one.example/calls")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(1, (await _admin.GetAsync("domains/two.example/calls?user=joe&room=standup")).Body.GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("standup", Names((await _admin.GetAsync("calls")).Body.GetProperty("items"), "room"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/api/v1/nodes")]
    [InlineData("http://localhost/")]
    [InlineData("https://[::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task A_webhook_does_not_lead_to_the_nodes_neighbours(string url)
    {
        var (status, problem) = await _admin.PutAsync("webhooks/neighbour", $$"""{"url":"{{url}}","kinds":["room.opened"]}""");
        Assert.Equal((400, "url", "url must lead to public addresses"), (status, problem.GetProperty("field").GetString(), problem.GetProperty("detail").GetString()));
        Assert.Equal(404, (await _admin.GetAsync("webhooks/neighbour")).Status);
    }

    [Fact]
    public async Task What_an_operator_does_in_a_domain_is_done_in_no_other()
    {
        await MakeAsync("three.example", "four.example");
        var (status, made) = await _admin.PutAsync("domains/three.example/users/joe", """{"password":"correct horse"}""");
        Assert.Equal((201, "joe"), (status, made.GetProperty("name").GetString()));
        Assert.Equal(404, (await _admin.GetAsync("domains/four.example/users/joe")).Status);
        Assert.Equal(404, (await _admin.GetAsync("users/joe")).Status);
        Assert.Equal(200, (await _admin.PutAsync("domains/three.example/rooms/board", """{"maxMembers":5}""")).Status);
        Assert.Equal(404, (await _admin.GetAsync("domains/four.example/rooms/board")).Status);

        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync("AUTH ANONYMOUS joe@three.example", "504 name in use");
        await joe.ExpectAsync(Plain("joe@four.example", "correct horse"), "504 wrong name or password");
        await joe.ExpectAsync(Plain("joe@THREE.example.", "correct horse"), "204 joe");
        await using var other = await TestClient.ConnectAsync(fixture.Node);
        await other.ExpectAsync("AUTH ANONYMOUS joe@four.example", "204 joe");

        var entries = (await _admin.GetAsync("audit?domain=three.example")).Body.GetProperty("items");
        Assert.Equal(["keepRoomInDomain", "putUserInDomain", "putDomain"], Names(entries, "act"));
        Assert.Equal("board@three.example", entries[0].GetProperty("room").GetString());
        Assert.Equal("joe@three.example", entries[1].GetProperty("user").GetString());
        Assert.All(Names(entries, "domain"), domain => Assert.Equal("three.example", domain));
        Assert.Equal(1, (await _admin.GetAsync("audit?domain=three.example&user=joe")).Body.GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("three.example", fixture.Node.Output.Replace("audit?domain=three.example", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_that_is_removed_ends_its_calls_with_words_and_its_records_stay()
    {
        await MakeAsync("gone.example");
        Assert.Equal(201, (await _admin.PutAsync("domains/gone.example/users/joe", """{"password":"correct horse"}""")).Status);
        Assert.Equal(200, (await _admin.PutAsync("domains/gone.example/rooms/kept", "{}")).Status);
        await using var ann = await JoinAsync("ann", "gone.example");
        await ann.ConnAsync("video", "standup@gone.example");
        await using var bystander = await TestClient.ConnectAsync(fixture.Node);

        Assert.Equal(204, (await _admin.DeleteAsync("domains/gone.example")).Status);
        Assert.Equal("421 gone.example is gone", await ann.ReadAsync());
        Assert.Null(await ann.ReadAsync());
        await bystander.ExpectAsync("CONN video standup@gone.example", "503 gone.example is not served here");
        await bystander.ExpectAsync("AUTH ANONYMOUS joe@gone.example", "504 not served here");
        foreach (string path in (string[])["", "/rooms", "/users/joe"])
            Assert.Equal(404, (await _admin.GetAsync("domains/gone.example" + path)).Status);
        Assert.Equal(1, (await _admin.GetAsync("domains/gone.example/calls")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(404, (await _admin.DeleteAsync("domains/gone.example")).Status);

        // Made again it is empty, but for the records.
        await MakeAsync("gone.example");
        Assert.Equal(404, (await _admin.GetAsync("domains/gone.example/users/joe")).Status);
        Assert.Equal(404, (await _admin.GetAsync("domains/gone.example/rooms/kept")).Status);
        var call = (await _admin.GetAsync("domains/gone.example/calls?user=ann")).Body.GetProperty("items")[0];
        Assert.Equal("put out", call.GetProperty("end").GetString());
        await bystander.ExpectAsync("AUTH ANONYMOUS joe@gone.example", "204 joe");
    }

    [Theory]
    [InlineData("Forms.Example", "forms.example")]
    [InlineData("forms.example.", "forms.example")]
    [InlineData("b\u00FCcher.example", "xn--bcher-kva.example")]
    [InlineData("XN--bcher-kva.EXAMPLE.", "xn--bcher-kva.example")]
    public async Task A_domain_has_one_form_however_it_is_written(string written, string normal)
    {
        var (status, made) = await _admin.PutAsync($"domains/{Uri.EscapeDataString(written)}", "{}");
        Assert.InRange(status, 200, 201);
        Assert.Equal(normal, made.GetProperty("name").GetString());
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH ANONYMOUS joe@{written}", "204 joe");
        await client.ExpectAsync("GETP session domain", $"310 session {normal}");
        Assert.Equal(200, (await _admin.GetAsync($"domains/{Uri.EscapeDataString(written)}/users/joe")).Status);
        await client.ExpectAsync("QUIT", "421 quit");
    }

    [Fact]
    public async Task What_cannot_be_a_domain_is_refused_and_costs_nothing()
    {
        string[] bad = [string.Concat(Enumerable.Repeat("abcdefghi.", 30)), new('a', 300), "a..b", "-a.example", "192.0.2.7", "[::1]", "xn--99999999.example", "a b", "*"];
        foreach (string domain in bad)
        {
            var (status, problem) = await _admin.PutAsync($"domains/{Uri.EscapeDataString(domain)}", "{}");
            Assert.Equal((400, "domain"), (status, problem.GetProperty("field").GetString()));
            Assert.Equal(400, (await _admin.DeleteAsync($"domains/{Uri.EscapeDataString(domain)}")).Status);
            Assert.Equal(404, (await _admin.GetAsync($"domains/{Uri.EscapeDataString(domain)}/rooms")).Status);
        }

        await using var client = await TestClient.ConnectAsync(fixture.Node);
        foreach (string host in (string[])[bad[0], bad[1]])
        {
            await client.ExpectAsync($"HELO joe@{host}", "501 joe is not here");
            await client.ExpectAsync($"CONN video joe@{host}", $"503 {host} is not served here");
            await client.ExpectAsync($"AUTH ANONYMOUS joe@{host}", "504 not served here");
        }

        await client.ExpectAsync("AUTH ANONYMOUS joe-of-none", "204 joe-of-none");
    }

    [Fact]
    public async Task The_default_domain_stays_and_may_be_called_so()
    {
        Assert.Equal(409, (await _admin.DeleteAsync("domains/default")).Status);
        Assert.Equal(409, (await _admin.DeleteAsync("domains/localhost")).Status);
        var (status, domain) = await _admin.GetAsync("domains/default");
        Assert.Equal((200, "default", true), (status, domain.GetProperty("name").GetString(), domain.GetProperty("named").GetBoolean()));
        Assert.Equal(201, (await _admin.PutAsync("domains/default/users/owner", """{"password":"correct horse"}""")).Status);
        Assert.Equal(200, (await _admin.GetAsync("users/owner")).Status);
        Assert.Equal(404, (await _admin.GetAsync("domains/nobody.example")).Status);
    }

    [Fact]
    public async Task Domains_are_listed_page_by_page_and_have_the_rules_they_were_given()
    {
        await MakeAsync("list-a.example", "list-b.example", "list-c.example");
        var (_, page) = await _admin.GetAsync("domains?after=list-a&limit=2");
        Assert.Equal(["list-a.example", "list-b.example"], Names(page.GetProperty("items"), "name"));
        Assert.Equal("list-b.example", page.GetProperty("next").GetString());
        (_, page) = await _admin.GetAsync("domains?after=list-b.example&limit=1");
        Assert.Equal(["list-c.example"], Names(page.GetProperty("items"), "name"));

        var (status, domain) = await _admin.PutAsync("domains/list-a.example", """{"signInRequired":true,"maxMembers":2}""");
        Assert.Equal(200, status);
        Assert.True(domain.GetProperty("signInRequired").GetBoolean());
        Assert.Equal(JsonValueKind.Null, domain.GetProperty("roomsOnDemand").ValueKind);
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync("CONN video standup@list-a.example", "503 authentication required");
        Assert.Equal(400, (await _admin.PutAsync("domains/list-a.example", """{"maxMembers":0}""")).Status);
        Assert.Equal(400, (await _admin.PutAsync("domains/list-a.example", """{"colour":"red"}""")).Status);
    }

    [Fact]
    public async Task What_was_made_is_there_after_a_restart_and_settings_name_others()
    {
        string folder = Directory.CreateTempSubdirectory("conference-domains-").FullName;
        try
        {
            string store = $"Store:Path={Path.Combine(folder, "conference.db")}";
            await using (var node = await NodeProcess.StartAsync(store))
            {
                using var admin = new AdminClient(node);
                Assert.Equal(201, (await admin.PutAsync("domains/kept.example", """{"roomsOnDemand":false}""")).Status);
                Assert.Equal(201, (await admin.PutAsync("domains/removed.example", "{}")).Status);
                Assert.Equal(204, (await admin.DeleteAsync("domains/removed.example")).Status);
                Assert.Equal(0, await node.TerminateAsync());
            }

            await using (var node = await NodeProcess.StartAsync(store, "Qcvc:Domains=conference.example.org,named.example", "Qcvc:Aliases=www.kept.example=kept.example"))
            {
                using var admin = new AdminClient(node);
                Assert.Equal(["default", "kept.example", "named.example"], Names((await admin.GetAsync("domains")).Body.GetProperty("items"), "name"));
                Assert.Equal(409, (await admin.DeleteAsync("domains/named.example")).Status);
                await using var client = await TestClient.ConnectAsync(node);
                await client.ExpectAsync("HELO standup@www.kept.example", "501 standup is not here");
                await using var other = await TestClient.ConnectAsync(node);
                await other.ExpectAsync("HELO standup@named.example", "201 standup is here");
                await using var third = await TestClient.ConnectAsync(node);
                await third.ExpectAsync("HELO standup@conference.example.org", "201 standup is here");
                await third.ExpectAsync("HELO standup@removed.example", "501 standup is not here");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task MakeAsync(params string[] domains)
    {
        foreach (string domain in domains)
            Assert.Equal(201, (await _admin.PutAsync($"domains/{domain}", "{}")).Status);
    }

    private async Task<TestClient> JoinAsync(string name, string domain)
    {
        var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH ANONYMOUS {name}@{domain}", $"204 {name}");
        await client.ExpectAsync("SETP session events on", "310 session on");
        return client;
    }

    private async Task<(TestClient Client, System.Net.Sockets.Socket Media)> MemberAsync(string name, string domain)
    {
        var client = await JoinAsync(name, domain);
        return (client, await client.ConnAsync("video", $"standup@{domain}"));
    }

    private static string Plain(string name, string password) => $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}"))}";

    private static IEnumerable<string?> Names(JsonElement items, string property) => items.EnumerateArray().Select(i => i.GetProperty(property).GetString());
}
