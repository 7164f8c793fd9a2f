using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Releases;

/// <summary>Nodes of this release and of the next one, as while a new release is rolled out; and what the first engine left behind.</summary>
public sealed class NeighbouringReleaseTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task A_cluster_goes_from_one_release_to_the_next_node_by_node_under_load()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // The next release tells its figures, and who speaks, in another way.
        const string changed = "n.figures=n.figures2 f.spoke=f.spoke2";
        var first = await cluster.StartNodeAsync(Next(changed));
        await cluster.IsSettledAsync(3);
        await IsOneRoomAsync(cluster.Nodes[0], first);
        string mixed = await cluster.MembershipAsync();
        // What is not understood is not taken for a broken connection: it goes on, again and again.
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Assert.Equal(mixed, await cluster.MembershipAsync());
        await IsOneRoomAsync(first, cluster.Nodes[1]);

        Assert.Equal(0, await cluster.Nodes[0].TerminateAsync());
        var second = await cluster.StartNodeAsync(Next(changed));
        await cluster.IsSettledAsync(3);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await IsOneRoomAsync(cluster.Nodes[1], second);
        await IsOneRoomAsync(first, second);

        Assert.Equal(0, await cluster.Nodes[1].TerminateAsync());
        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task An_event_of_a_newer_release_stops_its_room_on_an_older_node_and_no_other()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        var next = await cluster.StartNodeAsync(Next("re.kept=re.kept2"));
        using (var admin = new AdminClient(next))
        {
            Assert.Equal(200, (await admin.PutAsync("rooms/novel", """{"maxMembers":7}""")).Status);
            Assert.Equal(0, await next.TerminateAsync());
        }

        var older = await cluster.StartNodeAsync();
        using (var admin = new AdminClient(older))
        {
            Assert.Equal(503, (await admin.GetAsync("rooms/novel")).Status);
            Assert.Equal(200, (await admin.PutAsync("rooms/plain", """{"maxMembers":7}""")).Status);
        }

        await using (var client = await TestClient.ConnectAsync(older))
        {
            await client.ExpectAsync($"CONN video novel@{older.Address}", "503 try again");
            await client.ConnAsync("video", $"plain@{older.Address}");
        }

        Assert.True(await older.MetricAsync("conference_journal_failures_total", "damaged") > 0, "nobody is told why");
        Assert.Equal(0, await older.TerminateAsync());

        // Rolled forward again, nothing is lost.
        var again = await cluster.StartNodeAsync(Next("re.kept=re.kept2"));
        using var operators = new AdminClient(again);
        Assert.Equal(7, (await operators.GetAsync("rooms/novel")).Body.GetProperty("maxMembers").GetInt32());
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_store_of_the_first_engine_is_refused()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        await cluster.SqlAsync<int>(
            """
            create table migration (number int primary key);
            create table event (pid text, seq bigint, shard int, epoch bigint, payload bytea, primary key (pid, seq));
            insert into event values ('room/old', 1, 3, 1, '\x00');
            select 1
            """);
        var (code, output) = await cluster.RunNodeAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, code);
        Assert.Contains("written by the first engine", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        // It is as it was: the build that reads it goes on with it.
        Assert.Equal(1L, await cluster.SqlAsync<long>("select count(*) from event"));
        Assert.Equal("", await cluster.SqlAsync<string>("select coalesce(string_agg(relname, ' '), '') from pg_class where relname like 'conference%'"));
    }

    /// <summary>What starts as a node of the next release.</summary>
    private static NodeLaunch Next(string manifests) => new()
    {
        Command = [],
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            [StartupHook.Manifests] = manifests,
        },
    };

    private static async Task IsOneRoomAsync(NodeProcess one, NodeProcess other)
    {
        await using var alice = await TestClient.ConnectAsync(one);
        await using var bob = await TestClient.ConnectAsync(other);
        string room = $"between-{one.ProcessId}-{other.ProcessId}";
        using var from = await alice.ConnAsync("video", $"{room}@{one.Address}");
        using var to = await bob.ConnAsync("video", $"{room}@{other.Address}");
        await from.LatchAsync(to);
        await to.LatchAsync(from);
        await alice.SendAsync("SEND chat good morning\r\n");
        Assert.Equal("203 chat good morning", await bob.ReadAsync());
    }
}
