using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Conference.Integration.Tests.Webhooks;
using Conference.Store.Tests.Support;

namespace Conference.Integration.Tests.Durability;

/// <summary>
/// A node that is killed at random moments under a stream of account changes, status changes and joins, and started again: every
/// change that was acknowledged is there, none is half there. What was under way may be either. A webhook is told all of it, in the order of each room.
/// </summary>
public sealed class KillTests
{
    private const string Password = "open sesame";

    private readonly ConcurrentDictionary<string, bool> _accounts = [];
    private readonly ConcurrentBag<string> _joined = [];
    private string _status = "online";
    private string? _statusUnderWay;
    private int _joins;

    [Fact]
    public Task Sqlite_keeps_what_was_acknowledged_through_four_kills() => KillSqliteAsync(4);

    [Fact]
    public Task Postgres_keeps_what_was_acknowledged_through_four_kills() => KillPostgresAsync(4);

    [Fact, Trait("Category", "Soak")]
    public Task Sqlite_keeps_what_was_acknowledged_through_fifty_kills() => KillSqliteAsync(50);

    [Fact, Trait("Category", "Soak")]
    public Task Postgres_keeps_what_was_acknowledged_through_fifty_kills() => KillPostgresAsync(50);

    private async Task KillSqliteAsync(int kills)
    {
        string folder = Directory.CreateTempSubdirectory("conference-kill-").FullName;
        await KillAndCheckAsync($"Store:Path={Path.Combine(folder, "conference.db")}", kills);
        Directory.Delete(folder, recursive: true);
    }

    private async Task KillPostgresAsync(int kills)
    {
        await using var postgres = new PostgresProcess();
        await postgres.InitializeAsync();
        await KillAndCheckAsync($"Store:Postgres={await postgres.CreateDatabaseAsync()}", kills);
    }

    private async Task KillAndCheckAsync(string store, int kills)
    {
        var random = new Random(20021);
        // With PostgreSQL each is a new life of a node at one address: that of the life before tells it that its own is over.
        await using var receiver = new WebhookReceiver();
        string[] settings = [store, $"Http:AdminToken={AdminClient.Token}", "Webhooks:AllowPrivate=true", string.Create(CultureInfo.InvariantCulture, $"Cluster:Port={FreePorts.Take()}")];
        await using (var first = await NodeProcess.StartAsync(settings))
        {
            using var admin = new AdminClient(first);
            Assert.Equal(201, (await admin.PutAsync("users/joe", $$"""{"password":"{{Password}}"}""")).Status);
            string webhook = $$"""{"url":"{{receiver.Url}}","kinds":["room.opened","room.closed","member.joined","member.left"],"secret":"{{WebhookReceiver.Secret}}"}""";
            Assert.Equal(201, (await admin.PutAsync("webhooks/hook", webhook)).Status);
        }

        for (int kill = 0; kill < kills; kill++)
        {
            await using var node = await NodeProcess.StartAsync(settings);
            await CheckAsync(node, all: false);
            Task[] load = [ChangeAccountsAsync(node, kill), ChangeStatusAsync(node), JoinAsync(node), JoinAsync(node)];
            using var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(random.Next(20, 300)));
            await moment.WaitForNextTickAsync();
            node.Kill();
            await Task.WhenAll(load);
        }

        await using var last = await NodeProcess.StartAsync(settings);
        await CheckAsync(last, all: true);
        await CheckUsageAsync(last);
        await CheckToldAsync(last, receiver);
        Assert.True(_joins > kills, $"only {_joins} joins in {kills} lives");
    }

    private async Task ChangeAccountsAsync(NodeProcess node, int life)
    {
        using var admin = new AdminClient(node);
        for (int i = 0; ; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"user-{life}-{i}");
            if (await UntilKilledAsync(() => admin.PutAsync($"users/{name}", $$"""{"password":"{{Password}}"}""")) is not (201, _))
                return;
            _accounts[name] = true;
            if (i % 2 == 1)
            {
                // From here on it may be gone or not, until the answer is there.
                _accounts.TryRemove(name, out _);
                if (await UntilKilledAsync(() => admin.DeleteAsync($"users/{name}")) is not (204, _))
                    return;
                _accounts[name] = false;
            }
        }
    }

    private Task ChangeStatusAsync(NodeProcess node) => UntilKilledAsync(async () =>
    {
        string[] statuses = ["away", "busy", "online"];
        await using var joe = await SignInAsync(node);
        for (int i = 0; ; i++)
        {
            _statusUnderWay = statuses[i % statuses.Length];
            await joe.ExpectAsync($"STAT joe@127.0.0.1 {_statusUnderWay}", $"202 {_statusUnderWay}");
            _status = _statusUnderWay;
            _statusUnderWay = null;
        }
    });

    private Task JoinAsync(NodeProcess node) => UntilKilledAsync(async () =>
    {
        while (true)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"joiner-{Interlocked.Increment(ref _joins)}");
            await using var client = await TestClient.ConnectAsync(node);
            await client.ExpectAsync($"AUTH ANONYMOUS {name}", $"204 {name}");
            await client.ConnAsync("video", "durable@127.0.0.1");
            _joined.Add(name);
        }
    });

    private async Task CheckAsync(NodeProcess node, bool all)
    {
        using var admin = new AdminClient(node);
        foreach (var (name, exists) in all ? _accounts : _accounts.TakeLast(10))
            Assert.Equal((name, exists ? 200 : 404), (name, (await admin.GetAsync($"users/{name}")).Status));
        await using (var joe = await SignInAsync(node))
        {
            string status = await joe.AskAsync("STAT joe@127.0.0.1");
            Assert.True(status == $"202 {_status}" || status == $"202 {_statusUnderWay}", $"{status}, after {_status} was acknowledged and {_statusUnderWay} said");
            (_status, _statusUnderWay) = (status[4..], null);
        }

        foreach (string name in all ? _joined : _joined.Take(10))
        {
            // The node closes what its life before left open, in its own time.
            await Eventually.EqualAsync((name, 1, true), async () =>
            {
                var calls = (await admin.GetAsync($"calls?user={name}")).Body.GetProperty("items").EnumerateArray().ToArray();
                return (name, calls.Length, calls.All(c => c.GetProperty("ended").ValueKind != JsonValueKind.Null));
            });
        }
    }

    /// <summary>Everything has ended, and a receiver was told of each stay when it began and when it ended, in order, and nothing else.</summary>
    private static async Task CheckToldAsync(NodeProcess node, WebhookReceiver receiver)
    {
        using var admin = new AdminClient(node);
        string[] calls = [.. (await RecordsAsync(admin)).Select(r => r.GetProperty("id").GetString()!).Order()];
        await Eventually.EqualAsync(calls.Length, () => receiver.Taken.Count(e => e.Kind == "member.left"));
        await Eventually.EqualAsync(0, async () => (await admin.GetAsync("webhooks/hook/deliveries?state=waiting")).Body.GetProperty("items").GetArrayLength());
        Assert.All(receiver.Received, e => Assert.True(e.IsSigned));
        foreach (var room in receiver.Taken.GroupBy(e => e.Room))
        {
            Assert.Equal(room.Select(e => e.Number).Order(), room.Select(e => e.Number));
            var inside = new HashSet<string>();
            bool isOpen = false;
            foreach (var told in room)
            {
                Assert.True(told.Kind switch
                {
                    "room.opened" => !isOpen && inside.Count == 0,
                    "member.joined" => isOpen && inside.Add(told.Call!),
                    "member.left" => isOpen && inside.Remove(told.Call!),
                    _ => isOpen && inside.Count == 0,
                });
                isOpen = told.Kind != "room.closed";
            }

            Assert.False(isOpen);
        }

        foreach (string kind in (string[])["member.joined", "member.left"])
            Assert.Equal(calls, receiver.Taken.Where(e => e.Kind == kind).Select(e => e.Call!).Order());
    }

    /// <summary>Everything has ended. What is to be paid for is what the records come to.</summary>
    private static async Task CheckUsageAsync(NodeProcess node)
    {
        using var admin = new AdminClient(node);
        var records = await RecordsAsync(admin);
        // Kills may fall on either side of midnight.
        string yesterday = DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var usage = (await admin.GetAsync($"usage?from={yesterday}")).Body;
        Assert.Equal(records.Count, usage.GetProperty("joins").GetInt32());
        Assert.Equal(records.Sum(r => r.GetProperty("bytesIn").GetInt64()), usage.GetProperty("bytesIn").GetInt64());
        decimal seconds = records.Sum(r => (decimal)(r.GetProperty("ended").GetDateTimeOffset() - r.GetProperty("started").GetDateTimeOffset()).Ticks / TimeSpan.TicksPerSecond);
        Assert.Equal(seconds, Math.Round(60 * usage.GetProperty("memberMinutes").GetDecimal(), 6));
    }

    private static async Task<List<JsonElement>> RecordsAsync(AdminClient admin)
    {
        var records = new List<JsonElement>();
        string? next = "";
        while (next is not null)
        {
            var page = (await admin.GetAsync($"calls?limit=1000{(next.Length > 0 ? $"&after={next}" : "")}")).Body;
            records.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }

        return records;
    }

    /// <summary>A node that has just started may ask to be asked again.</summary>
    private static async Task<TestClient> SignInAsync(NodeProcess node)
    {
        var joe = await TestClient.ConnectAsync(node);
        await Eventually.EqualAsync(
            "204 joe", () => joe.AskAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0joe\0{Password}"))}"));
        return joe;
    }

    /// <summary>A client's end when its node is killed: nothing it could do about.</summary>
    private static async Task UntilKilledAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Killed.
        }
        catch (Xunit.Sdk.XunitException e) when (e.Message.Contains("(null)", StringComparison.Ordinal) || e.Message.Contains("null", StringComparison.Ordinal))
        {
            // Killed before the greeting: null was read where a line was expected.
        }
    }

    private static async Task<T?> UntilKilledAsync<T>(Func<Task<T>> work)
        where T : struct
    {
        T? result = null;
        await UntilKilledAsync(async () => { result = await work(); });
        return result;
    }
}
