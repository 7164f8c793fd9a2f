using System.Text;
using System.Text.Json;

namespace Conference.Integration.Tests.Rooms;

/// <summary>Rooms that people run themselves, on one node from outside: by QCVC and by the API, and what is bad about either.</summary>
public sealed class PeopleTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IDisposable
{
    private const string Secret = "correct horse";

    private readonly AdminClient _admin = new(fixture.Node);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task An_owner_runs_the_room_by_lines_alone()
    {
        await using var joe = await ProvedAsync("joe");
        await joe.ConnAsync("audio", "lines@127.0.0.1");
        await joe.ExpectAsync("GETP room role", "310 room owner");
        await joe.ExpectAsync("SETP room title Weekly standup", "310 room Weekly standup");
        await joe.ExpectAsync("SETP room lobby on", "310 room on");
        await joe.ExpectAsync("SETP room password tulip", "310 room on");
        await using var bob = await NamedAsync("bob");
        await bob.ExpectAsync("CONN audio lines@127.0.0.1", "503 password required");
        await bob.ExpectAsync("SETP session password rose", "310 session on");
        await bob.ExpectAsync("CONN audio lines@127.0.0.1", "503 wrong password");
        await bob.ExpectAsync("SETP session password tulip", "310 session on");
        await bob.ExpectAsync("CONN audio lines@127.0.0.1", "115 waiting lines@127.0.0.1");
        await joe.ExpectAsync("GETP room waiting", "310 room bob");
        await joe.ExpectAsync("SETP room admit bob", "310 room bob");
        Assert.StartsWith("303 audio ", await bob.ReadAsync(), StringComparison.Ordinal);
        await bob.ExpectAsync("GETP room title", "310 room Weekly standup");

        string token = (await joe.AskAsync("SETP room invite 10 1")).Split(' ')[2];
        await using var ann = await NamedAsync("ann");
        await ann.ExpectAsync($"SETP session invitation {token}", "310 session on");
        await ann.ConnAsync("audio", "lines@127.0.0.1");
        await using var carl = await NamedAsync("carl");
        await carl.ExpectAsync($"SETP session invitation {token}", "310 session on");
        await carl.ExpectAsync("CONN audio lines@127.0.0.1", "503 no such invitation");

        await joe.ExpectAsync("SETP room moderator ann", "310 room ann");
        await ann.ExpectAsync("SETP room mute bob", "310 room bob");
        await bob.ExpectAsync("GETP audio mute", "310 audio on");
        await ann.ExpectAsync("SETP room put-out joe", "503 not allowed");
        await ann.ExpectAsync("SETP room moderator bob", "503 not allowed");
        await ann.ExpectAsync("SETP room put-out bob 5", "310 room bob");
        await joe.ExpectAsync("SETP room no-moderator ann", "310 room ann");
        await ann.ExpectAsync("SETP room let-in bob", "503 not allowed");
        await joe.ExpectAsync("SETP room no-moderator ann", "503 ann is not here");

        // Neither of the secrets is anywhere to be read.
        var room = (await _admin.GetAsync("rooms/lines")).Body;
        Assert.True(room.GetProperty("hasPassword").GetBoolean());
        foreach (string secret in (string[])["tulip", token, "rose"])
        {
            Assert.DoesNotContain(secret, room.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain(secret, fixture.Node.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SETP room title {300}", "510 room {300} could not set title")]
    [InlineData("SETP room motd {900}", "510 room {900} could not set motd")]
    [InlineData("SETP room lobby perhaps", "510 room perhaps could not set lobby")]
    [InlineData("SETP room password two words", "510 room - could not set password")]
    [InlineData("SETP room mute no/body", "510 room no/body could not set mute")]
    [InlineData("SETP room mute nobody", "503 nobody is not here")]
    [InlineData("SETP room put-out nobody", "503 nobody is not here")]
    [InlineData("SETP room put-out nobody 99999", "510 room nobody 99999 could not set put-out")]
    [InlineData("SETP room admit nobody", "503 nobody is not here")]
    [InlineData("SETP room refuse nobody", "503 nobody is not here")]
    [InlineData("SETP room let-in nobody", "503 nobody is not here")]
    [InlineData("SETP room invite 0 1", "510 room 0 1 could not set invite")]
    [InlineData("SETP room withdraw 12", "510 room 12 could not set withdraw")]
    [InlineData("SETP room withdraw 00000000000000000000000000000000", "503 00000000000000000000000000000000 is not here")]
    [InlineData("SETP room owner eve", "510 room owner unknown parameter")]
    [InlineData("SETP room title", "500 usage: SETP <service> <parameter> <value>")]
    public async Task What_cannot_be_is_said_and_changes_nothing(string line, string reply)
    {
        await using var owner = await ProvedAsync("owner");
        await owner.ConnAsync("audio", "bad@127.0.0.1");
        await owner.ExpectAsync(Long(line), Long(reply));
        await owner.ExpectAsync("GETP room title", "310 room none");
        await owner.ExpectAsync("GETP room invitations", "310 room none");
        await owner.ExpectAsync("QUIT", "421 quit");
    }

    [Fact]
    public async Task Who_does_not_run_a_room_changes_nothing_in_it()
    {
        await using var owner = await ProvedAsync("ruth");
        await owner.ConnAsync("audio", "theirs@127.0.0.1");
        await using var other = await ProvedAsync("otto");
        await other.ConnAsync("audio", "own@127.0.0.1");
        await other.ExpectAsync("GETP room role", "310 room owner");
        await other.ConnAsync("audio", "theirs@127.0.0.1");
        await using var guest = await TestClient.ConnectAsync(fixture.Node);
        await guest.ConnAsync("audio", "theirs@127.0.0.1");
        foreach (string line in (string[])
        [
            "title x", "motd x", "lobby on", "locked on", "history on", "password x", "mute ruth", "unmute all", "mute all", "put-out ruth", "let-in ruth", "admit ruth",
            "refuse ruth", "moderator otto", "no-moderator otto", "invite 1 1", "withdraw 00000000000000000000000000000000",
        ])
        {
            await other.ExpectAsync($"SETP room {line}", "503 not allowed");
            await guest.ExpectAsync($"SETP room {line}", "503 not allowed");
        }

        await guest.ExpectAsync("GETP room waiting", "503 not allowed");
        await guest.ExpectAsync("GETP room invitations", "503 not allowed");
        await using var early = await TestClient.ConnectAsync(fixture.Node);
        await early.ConnAsync("audio", "guests@127.0.0.1");
        await early.ExpectAsync("GETP room owner", "310 room none");
        await early.ExpectAsync("SETP room lobby on", "503 not allowed");
    }

    [Fact]
    public async Task Wrong_passwords_are_slowed_down_and_no_right_one_is_kept_from_signing_in()
    {
        await using var owner = await ProvedAsync("thea");
        await owner.ConnAsync("audio", "guessed@127.0.0.1");
        await owner.ExpectAsync("SETP room password tulip", "310 room on");
        await using var eve = await TestClient.ConnectAsync(fixture.Node, "127.0.0.66");
        await eve.ExpectAsync("SETP session password rose", "310 session on");
        string reply;
        int tries = 0;
        do
            reply = await eve.AskAsync("CONN audio guessed@127.0.0.1");
        while (reply == "503 wrong password" && ++tries < 30);
        Assert.Equal("503 try again later", reply);
        Assert.InRange(tries, 3, 25);
        await using var again = await ProvedAsync("thea", "127.0.0.66");
    }

    [Fact]
    public async Task The_api_shows_and_changes_what_people_do()
    {
        await using var ann = await NamedAsync("annie");
        await ann.ConnAsync("audio", "desk@127.0.0.1");
        var (status, room) = await _admin.SendAsync(
            HttpMethod.Patch, "rooms/desk", """{"title":"Help desk","motd":"We are here until six","lobby":true,"password":"tulip","history":true,"owner":"joe"}""");
        Assert.Equal(200, status);
        Assert.Equal(
            ("Help desk", "We are here until six", true, true, true, "joe", false),
            (Text(room, "title"), Text(room, "motd"), Flag(room, "lobby"), Flag(room, "hasPassword"), Flag(room, "history"), Text(room, "owner"), Flag(room, "kept")));
        Assert.Equal(204, (await _admin.SendAsync(HttpMethod.Put, "rooms/desk/moderators/annie")).Status);
        await ann.ExpectAsync("GETP room role", "310 room moderator");

        await using var bob = await NamedAsync("bobby");
        await bob.ExpectAsync("SETP session password tulip", "310 session on");
        await bob.ExpectAsync("CONN audio desk@127.0.0.1", "115 waiting desk@127.0.0.1");
        room = (await _admin.GetAsync("rooms/desk")).Body;
        Assert.Equal(["bobby"], Names(room, "waiting"));
        Assert.Equal(["annie"], Names(room, "moderators"));
        Assert.Equal(204, (await _admin.SendAsync(HttpMethod.Put, "rooms/desk/waiting/bobby")).Status);
        Assert.StartsWith("303 audio", await bob.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(404, (await _admin.SendAsync(HttpMethod.Put, "rooms/desk/waiting/bobby")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync("rooms/desk/waiting/bobby")).Status);
        await using var carl = await NamedAsync("carly");
        await carl.ExpectAsync("SETP session password tulip", "310 session on");
        await carl.ExpectAsync("CONN audio desk@127.0.0.1", "115 waiting desk@127.0.0.1");
        Assert.Equal(204, (await _admin.DeleteAsync("rooms/desk/waiting/carly")).Status);
        Assert.Equal("503 not admitted", await carl.ReadAsync());

        var (made, invitation) = await _admin.SendAsync(HttpMethod.Post, "rooms/desk/invitations", """{"minutes":5,"uses":1}""");
        Assert.Equal(201, made);
        string token = Text(invitation, "token")!;
        Assert.Equal($"/join/desk?invite={token}", Text(invitation, "link"));
        await carl.ExpectAsync($"SETP session invitation {token}", "310 session on");
        await carl.ConnAsync("audio", "desk@127.0.0.1");
        var listed = (await _admin.GetAsync("rooms/desk/invitations")).Body.GetProperty("items")[0];
        Assert.Equal((Text(invitation, "id"), 1, 1), (Text(listed, "id"), listed.GetProperty("maxUses").GetInt32(), listed.GetProperty("uses").GetInt32()));
        Assert.Equal(204, (await _admin.DeleteAsync($"rooms/desk/invitations/{Text(listed, "id")}")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync($"rooms/desk/invitations/{Text(listed, "id")}")).Status);

        Assert.Equal(204, (await _admin.PutAsync("rooms/desk/mute", "{}")).Status);
        await Eventually.EqualAsync("310 audio on", () => bob.AskAsync("GETP audio mute"));
        Assert.True(Flag((await _admin.GetAsync("rooms/desk")).Body, "mutesAll"));
        Assert.Equal(204, (await _admin.DeleteAsync("rooms/desk/members/bobby?minutes=5")).Status);
        Assert.Equal(["bobby"], Names((await _admin.GetAsync("rooms/desk")).Body, "putOut"));
        Assert.Equal(204, (await _admin.DeleteAsync("rooms/desk/moderators/annie")).Status);
        Assert.Equal(404, (await _admin.DeleteAsync("rooms/desk/moderators/annie")).Status);
        room = (await _admin.SendAsync(HttpMethod.Patch, "rooms/desk", """{"title":"","motd":"","password":"","lobby":false}""")).Body;
        Assert.Equal((null, null, false, false), (Text(room, "title"), Text(room, "motd"), Flag(room, "hasPassword"), Flag(room, "lobby")));
        foreach (string secret in (string[])["tulip", token, "Help desk"])
            Assert.DoesNotContain(secret, (await _admin.GetAsync("audit?room=desk&limit=1000")).Body.GetRawText() + fixture.Node.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PATCH", "rooms/none", """{"title":"x"}""", 404, null)]
    [InlineData("PATCH", "rooms/kept", """{"title":"{300}"}""", 400, "title")]
    [InlineData("PATCH", "rooms/kept", """{"title":"{101 two bytes}"}""", 400, "title")]
    [InlineData("PATCH", "rooms/kept", """{"title":"a\nb"}""", 400, "title")]
    [InlineData("PATCH", "rooms/kept", """{"motd":"{900}"}""", 400, "motd")]
    [InlineData("PATCH", "rooms/kept", """{"password":"two words"}""", 400, "password")]
    [InlineData("PATCH", "rooms/kept", """{"password":"{300}"}""", 400, "password")]
    [InlineData("PATCH", "rooms/kept", """{"owner":"guest-7"}""", 400, "owner")]
    [InlineData("PATCH", "rooms/kept", """{"owner":"a/b"}""", 400, "owner")]
    [InlineData("PATCH", "rooms/kept", """{"lobby":"yes"}""", 400, "lobby")]
    [InlineData("PATCH", "rooms/kept", """{"hasPassword":false}""", 400, "hasPassword")]
    [InlineData("PUT", "rooms/none/moderators/joe", null, 404, null)]
    [InlineData("PUT", "rooms/kept/moderators/a%2Fb", null, 400, "member")]
    [InlineData("PUT", "rooms/kept/waiting/joe", null, 404, null)]
    [InlineData("PUT", "rooms/kept/mute", "{}", 404, null)]
    [InlineData("POST", "rooms/none/invitations", "{}", 404, null)]
    [InlineData("POST", "rooms/kept/invitations", """{"minutes":0}""", 400, "minutes")]
    [InlineData("POST", "rooms/kept/invitations", """{"uses":1001}""", 400, "uses")]
    [InlineData("DELETE", "rooms/kept/invitations/12", null, 400, "invitation")]
    [InlineData("DELETE", "rooms/kept/members/joe?minutes=0", null, 400, "minutes")]
    [InlineData("GET", "rooms/none/invitations", null, 404, null)]
    public async Task What_the_api_does_not_take_it_says(string method, string path, string? body, int status, string? field)
    {
        Assert.Equal(200, (await _admin.PutAsync("rooms/kept", "{}")).Status);
        var (answered, problem) = await _admin.SendAsync(new HttpMethod(method), path, body is null ? null : Long(body));
        Assert.Equal((status, field), (answered, problem.TryGetProperty("field", out var named) ? named.GetString() : null));
        var room = (await _admin.GetAsync("rooms/kept")).Body;
        Assert.Equal((null, false, 0), (Text(room, "title"), Flag(room, "hasPassword"), Names(room, "moderators").Length));
    }

    [Fact]
    public async Task A_domain_says_that_rooms_have_a_lobby_and_its_moderators_run_no_others()
    {
        Assert.Equal(201, (await _admin.PutAsync("domains/halls.example", """{"lobby":true}""")).Status);
        Assert.Equal(201, (await _admin.PutAsync("domains/halls.example/users/joe", $$"""{"password":"{{Secret}}"}""")).Status);
        await using var guest = await TestClient.ConnectAsync(fixture.Node);
        await guest.ExpectAsync("CONN audio standup@halls.example", "115 waiting standup@halls.example");
        Assert.Single(Names((await _admin.GetAsync("domains/halls.example/rooms/standup")).Body, "waiting"));
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync(Plain("joe@halls.example"), "204 joe");
        await joe.ConnAsync("audio", "standup@halls.example");
        await joe.ExpectAsync("GETP room role", "310 room owner");
        await joe.ExpectAsync("SETP room lobby off", "310 room off");
        Assert.StartsWith("303 audio", await guest.ReadAsync(), StringComparison.Ordinal);

        var (status, token) = await _admin.SendAsync(HttpMethod.Post, "admin-tokens", """{"name":"halls","domain":"halls.example","rights":["read","moderate"]}""");
        Assert.Equal(201, status);
        using var halls = new AdminClient(fixture.Node, Text(token, "secret")!);
        Assert.Equal(200, (await halls.SendAsync(HttpMethod.Patch, "domains/halls.example/rooms/standup", """{"title":"Hall"}""")).Status);
        Assert.Equal(403, (await halls.SendAsync(HttpMethod.Patch, "domains/halls.example/rooms/standup", """{"maxMembers":5}""")).Status);
        Assert.Equal(403, (await halls.SendAsync(HttpMethod.Patch, "rooms/standup", """{"title":"Hall"}""")).Status);
        Assert.Equal(403, (await halls.SendAsync(HttpMethod.Post, "rooms/standup/invitations", "{}")).Status);
        Assert.Equal("/join/standup@halls.example?invite=", Text((await halls.SendAsync(HttpMethod.Post, "domains/halls.example/rooms/standup/invitations", "{}")).Body, "link")![..35]);
    }

    private static string Plain(string user) => $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{Secret}"))}";

    private static string Long(string text) => text
        .Replace("{300}", new string('x', 300), StringComparison.Ordinal)
        .Replace("{900}", new string('x', 900), StringComparison.Ordinal)
        .Replace("{101 two bytes}", new string('\u00FC', 101), StringComparison.Ordinal);

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static bool Flag(JsonElement of, string name) => of.GetProperty(name).GetBoolean();

    private static string[] Names(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(n => n.GetString()!)];

    private async Task<TestClient> ProvedAsync(string name, string from = "127.0.0.1")
    {
        Assert.InRange((await _admin.PutAsync($"users/{name}", $$"""{"password":"{{Secret}}"}""")).Status, 200, 201);
        var client = await TestClient.ConnectAsync(fixture.Node, from);
        await client.ExpectAsync(Plain(name), $"204 {name}");
        return client;
    }

    private async Task<TestClient> NamedAsync(string name)
    {
        var client = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH ANONYMOUS {name}", $"204 {name}");
        return client;
    }
}
