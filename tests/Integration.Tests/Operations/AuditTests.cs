using System.Text.Json;

namespace Conference.Integration.Tests.Operations;

public sealed class AuditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conference-audit-").FullName;

    [Fact]
    public async Task What_operators_do_is_in_the_log_and_in_the_store_and_outlives_the_node()
    {
        await using (var node = await StartAsync())
        {
            using var admin = new AdminClient(node);
            await using var joe = await TestClient.ConnectAsync(node);
            await joe.ExpectAsync("AUTH ANONYMOUS joe", "204 joe");
            await joe.ConnAsync("video", "standup@127.0.0.1");
            Assert.Equal(201, (await admin.PutAsync("users/ann", """{"password":"open sesame"}""")).Status);
            Assert.Equal(200, (await admin.PutAsync("rooms/Standup", """{"maxMembers":5}""")).Status);
            Assert.Equal(204, (await admin.PutAsync("rooms/standup/members/joe/mute", """{"muted":true}""")).Status);
            Assert.Equal(404, (await admin.DeleteAsync("rooms/standup/members/nobody")).Status);
            Assert.Equal(400, (await admin.PutAsync("rooms/standup", """{"maxMembers":0}""")).Status);
            using (var ann = new AdminClient(node, operatorName: "Ann"))
                Assert.Equal(202, (await ann.SendAsync(HttpMethod.Post, "drain", """{"deadlineSeconds":600}""")).Status);
            using (var nobody = new AdminClient(node, operatorName: "two words"))
                Assert.Equal("Conference-Operator", (await nobody.DeleteAsync("drain")).Body.GetProperty("field").GetString());

            string[] lines = [.. node.Output.Split('\n').Where(l => l.Contains("\"Category\":\"Conference.Audit\"", StringComparison.Ordinal))];
            var entries = await EntriesAsync(admin, "");
            Assert.Equal(entries.Select(e => e.GetProperty("id").GetString()), lines.Reverse().Select(l => State(l, "Entry")));
            Assert.Contains(entries[2].GetProperty("userId").GetString()!, State(lines[2], "Whom"), StringComparison.Ordinal);
            Assert.Equal("127.0.0.1", State(lines[0], "From"));
            Assert.Equal(5, await node.MetricAsync("conference_audit_entries_total", "stored"));
            Assert.Equal(0, await node.MetricAsync("conference_audit_entries_waiting"));
            foreach (string secret in new[] { "joe", "standup", "nobody", "open sesame" })
                Assert.DoesNotContain(lines, l => l.Contains(secret, StringComparison.OrdinalIgnoreCase));
            await node.TerminateAsync();
        }

        await using (var node = await StartAsync())
        {
            using var admin = new AdminClient(node);
            var entries = await EntriesAsync(admin, "");
            Assert.Equal(
                [
                    "ann beginDrain - - deadlineSeconds=600 202 done", "admin putOut standup nobody - 404 not found", "admin mute standup joe muted=true 204 done",
                    "admin keepRoom standup - maxMembers=5 200 done", "admin putUser - ann - 201 done",
                ],
                entries.Select(Told));
            Assert.Equal(["admin putUser - ann - 201 done"], (await EntriesAsync(admin, "?user=ann")).Select(Told));
            string since = Uri.EscapeDataString(entries[1].GetProperty("at").GetString()!);
            Assert.Equal(2, (await EntriesAsync(admin, $"?from={since}")).Count);
            Assert.Equal(2, (await EntriesAsync(admin, $"?room=standup&to={since}")).Count);

            var (_, page) = await admin.GetAsync("audit?limit=2");
            var rest = await EntriesAsync(admin, $"?limit=3&after={Uri.EscapeDataString(page.GetProperty("next").GetString()!)}");
            Assert.Equal(entries.Skip(2).Select(Told), rest.Select(Told));
            Assert.Equal("after", (await admin.GetAsync("audit?after=x")).Body.GetProperty("field").GetString());
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<NodeProcess> StartAsync() => NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}", $"Store:Path={Path.Combine(_folder, "conference.db")}");

    private static async Task<IReadOnlyList<JsonElement>> EntriesAsync(AdminClient admin, string query) =>
        [.. (await admin.GetAsync($"audit{query}")).Body.GetProperty("items").EnumerateArray()];

    private static string Told(JsonElement entry) => string.Join(' ', new[] { "operator", "act", "room", "user", "details", "status", "result" }
        .Select(name => entry.GetProperty(name).ToString() is { Length: > 0 } text ? text : "-"));

    private static string State(string line, string name) => JsonDocument.Parse(line).RootElement.GetProperty("State").GetProperty(name).ToString();
}
