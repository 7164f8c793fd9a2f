using System.Globalization;
using Conference.Integration.Tests.Calls;
using Conference.Store.Tests.Support;

namespace Conference.Integration.Tests.Durability;

/// <summary>The store goes away under a running node and comes back: clear refusals, media goes on, nothing acknowledged is lost.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task Postgres_stops_and_starts_again_under_load(string how)
    {
        await using var postgres = new PostgresProcess();
        await postgres.InitializeAsync();
        string store = $"Store:Postgres={await postgres.CreateDatabaseAsync()}";
        await LoseAndRegainAsync(store, () => postgres.StopAsync(how), postgres.StartAsync);
    }

    [Fact]
    public async Task The_disk_of_a_sqlite_store_fills_up_and_has_room_again()
    {
        string folder = Directory.CreateTempSubdirectory("conference-disk-").FullName;
        var (mounted, _, _) = await QcvcProcess.RunProgramAsync(_limit, "mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder);
        Assert.SkipUnless(mounted == 0, "a small file system cannot be mounted here");
        try
        {
            string ballast = Path.Combine(folder, "ballast");
            await LoseAndRegainAsync(
                $"Store:Path={Path.Combine(folder, "conference.db")}",
                () =>
                {
                    using var file = File.Create(ballast);
                    try
                    {
                        while (true)
                            file.Write(new byte[4096]);
                    }
                    catch (IOException)
                    {
                        // Full, which is the point.
                    }

                    return Task.CompletedTask;
                },
                () =>
                {
                    File.Delete(ballast);
                    return Task.CompletedTask;
                });
        }
        finally
        {
            await QcvcProcess.RunProgramAsync(_limit, "umount", folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task LoseAndRegainAsync(string store, Func<Task> lose, Func<Task> regain)
    {
        await using var node = await NodeProcess.StartAsync(store, $"Http:AdminToken={AdminClient.Token}");
        using var admin = new AdminClient(node);
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node);
        var a = await alice.ConnAsync("audio", "steady@127.0.0.1");
        var b = await bob.ConnAsync("audio", "steady@127.0.0.1");
        await a.LatchAsync(b);
        var acknowledged = new List<string>();
        await KeepAsync(admin, acknowledged, untilRefused: false);

        await lose();

        await KeepAsync(admin, acknowledged, untilRefused: true);
        await using var carol = await TestClient.ConnectAsync(node);
        await carol.ExpectAsync("CONN audio fresh@127.0.0.1", "503 try again");
        a.Say("media goes on");
        Assert.Equal("media goes on", await b.HearAsync());
        Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        await Eventually.EqualAsync(503, async () => (await node.GetAsync("/health/ready")).Status);

        await regain();

        await Eventually.EqualAsync(200, async () => (await admin.PutAsync("rooms/after", "{}")).Status);
        await Eventually.EqualAsync(true, async () => (await carol.AskAsync("CONN audio fresh@127.0.0.1")).StartsWith("303 ", StringComparison.Ordinal));
        await Eventually.EqualAsync(200, async () => (await node.GetAsync("/health/ready")).Status);
        foreach (string room in acknowledged)
            Assert.Equal((room, 200), (room, (await admin.GetAsync($"rooms/{room}")).Status));
        // Nobody who was in a room has been forgotten, and nobody is in it who is not.
        await Eventually.EqualAsync(2, async () => (await admin.GetAsync("rooms/steady")).Body.GetProperty("members").GetArrayLength());
        await bob.ExpectAsync("DCON audio steady@127.0.0.1", "304 audio disconnected");
        await Eventually.EqualAsync(1, async () => (await admin.GetAsync("rooms/steady")).Body.GetProperty("members").GetArrayLength());
    }

    private static async Task KeepAsync(AdminClient admin, List<string> acknowledged, bool untilRefused)
    {
        for (int i = 0; untilRefused ? i < 5000 : i < 50; i++)
        {
            string room = string.Create(CultureInfo.InvariantCulture, $"room-{acknowledged.Count}-{(untilRefused ? "late" : "early")}");
            var (status, _) = await admin.PutAsync($"rooms/{room}", """{"maxMembers":3}""");
            Assert.True(status is 200 or 503, $"{status}");
            if (status == 503)
                return;
            acknowledged.Add(room);
        }

        Assert.False(untilRefused, "the store never refused");
    }
}
