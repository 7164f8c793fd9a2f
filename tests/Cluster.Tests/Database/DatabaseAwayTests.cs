using System.Diagnostics;
using System.Net;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Database;

/// <summary>The database goes away and comes back: media and chat go on, new work is refused clearly and at once, nobody is evicted.</summary>
public sealed class DatabaseAwayTests
{
    /// <summary>A refusal that is not waited for.</summary>
    private static readonly TimeSpan _atOnce = TimeSpan.FromSeconds(1);

    [Fact, Trait("Category", "Cluster")]
    public Task Ten_seconds() => AwayAsync(TimeSpan.FromSeconds(10), c => c.Postgres.StopAsync("fast"), c => c.Postgres.StartAsync());

    [Fact, Trait("Category", "Cluster")]
    public Task A_restart() => RestartAsync("fast");

    [Fact, Trait("Category", "Cluster")]
    public Task A_crash_of_it() => RestartAsync("immediate");

    [Fact, Trait("Category", "Cluster")]
    public Task Sixty_seconds() => AwayAsync(TimeSpan.FromSeconds(60), c => c.Postgres.StopAsync("fast"), c => c.Postgres.StartAsync());

    [Fact, Trait("Category", "Cluster")]
    public Task Ten_minutes() => AwayAsync(TimeSpan.FromMinutes(10), c => c.Postgres.StopAsync("fast"), c => c.Postgres.StartAsync());

    [Fact, Trait("Category", "Cluster")]
    public Task It_can_only_be_read() => AwayAsync(
        TimeSpan.FromSeconds(10),
        c => c.SqlAsync("alter system set default_transaction_read_only = on", "select pg_reload_conf()"),
        c => c.SqlAsync("alter system reset default_transaction_read_only", "select pg_reload_conf()"));

    [Fact, Trait("Category", "Cluster")]
    public Task It_does_not_answer() => AwayAsync(TimeSpan.FromSeconds(20), c => c.Postgres.FreezeAsync(), c => c.Postgres.ThawAsync());

    [Fact, Trait("Category", "Cluster")]
    public async Task It_is_slow()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();

        // Stands still for most of the time.
        for (int i = 0; i < 20; i++)
        {
            await cluster.Postgres.FreezeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(700), TestContext.Current.CancellationToken);
            await cluster.Postgres.ThawAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        }

        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await cluster.IsSettledAsync(3);
        Assert.Equal(before, await cluster.MembershipAsync());
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_dies_meanwhile()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        await cluster.Postgres.StopAsync("fast");
        cluster.Nodes[1].Kill();
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        await cluster.Postgres.StartAsync();

        await cluster.IsSettledAsync(2, TimeSpan.FromSeconds(30));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_comes_meanwhile_and_waits()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        await cluster.Postgres.StopAsync("fast");
        var (code, output) = await cluster.RunNodeAsync(TimeSpan.FromSeconds(60));
        // Before it has a place it has nothing to wait with: the process manager does.
        Assert.Equal(1, code);
        Assert.Contains("the PostgreSQL store cannot be used", output, StringComparison.Ordinal);
        await cluster.Postgres.StartAsync();

        await cluster.StartNodeAsync();
        await cluster.IsSettledAsync(3);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task One_nodes_connections_are_cut_without_a_word()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var database = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var proxy = new SilentProxy(new IPEndPoint(IPAddress.Loopback, database.Port));
        database.Port = proxy.Port;
        var cut = await cluster.StartNodeAsync(null, $"Store:Postgres={database.ConnectionString}");
        await cluster.IsSettledAsync(3);
        string before = await cluster.MembershipAsync();
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        proxy.FallSilent();
        // The others hear it and it hears them: it stays, with its shards, which refuse what they are asked, and says that it is not ready.
        await Eventually.EqualAsync(503, () => cut.ReadinessAsync());
        Assert.Equal(200, (await cut.GetAsync("/health/live")).Status);
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(before, await cluster.MembershipAsync());

        proxy.Speak();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(40));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(before, await cluster.MembershipAsync());
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    /// <summary>While it is away: calls go on; new ones, and what operators change, are refused at once; after it, everything is as before.</summary>
    private static async Task AwayAsync(TimeSpan time, Func<TestCluster, Task> lose, Func<TestCluster, Task> regain)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await using var bob = await TestClient.ConnectAsync(cluster.Nodes[1]);
        var from = await alice.ConnAsync("video", $"standup@{cluster.Nodes[0].Address}");
        var to = await bob.ConnAsync("video", $"standup@{cluster.Nodes[1].Address}");
        await using var stream = await Support.Stream.StartAsync(from, to);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var (before, shards) = (await cluster.MembershipAsync(), await OwnedAtRestAsync(cluster));

        await lose(cluster);
        long lost = Stopwatch.GetTimestamp();
        await Eventually.EqualAsync(503, () => cluster.Nodes[0].ReadinessAsync());
        Assert.Equal(200, (await cluster.Nodes[0].GetAsync("/health/live")).Status);
        await alice.SendAsync("SEND chat still here\r\n");
        Assert.Equal("203 chat still here", await bob.ReadAsync());
        await using var carol = await TestClient.ConnectAsync(cluster.Nodes[2]);
        var slowest = TimeSpan.Zero;
        for (int i = 0; i == 0 || Stopwatch.GetElapsedTime(lost) < time; i++)
        {
            long asked = Stopwatch.GetTimestamp();
            Assert.Equal("503 try again", await carol.AskAsync($"CONN video elsewhere{i % 20}@{cluster.Nodes[2].Address}"));
            var took = Stopwatch.GetElapsedTime(asked);
            // The first may be what finds out.
            if (Stopwatch.GetElapsedTime(lost) > TimeSpan.FromSeconds(6) && took > slowest)
                slowest = took;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }

        await regain(cluster);
        long back = Stopwatch.GetTimestamp();
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"slowest refusal after 6 s: {slowest.TotalSeconds:0.00} s; every room written again {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after the database was back");
        Assert.True(slowest < _atOnce, $"a refusal took {slowest.TotalSeconds} s");
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(30));
        Assert.Equal(before, await cluster.MembershipAsync());
        Assert.Equal(shards, await OwnedAsync(cluster));
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_departed"));
        Assert.Equal(0, stream.Lost);
        Assert.StartsWith("303 ", await carol.AskAsync($"CONN video elsewhere0@{cluster.Nodes[2].Address}"), StringComparison.Ordinal);
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    /// <summary>It is gone for as long as it takes to start: all lose their sessions, and with them their locks, at one moment; nobody is taken for dead.</summary>
    private static async Task RestartAsync(string how)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await using var people = await PeopleLoad.StartAsync(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();

        for (int i = 0; i < 3; i++)
        {
            await cluster.Postgres.StopAsync(how);
            await cluster.Postgres.StartAsync();
            await load.IsServedAsync(TimeSpan.FromSeconds(30));
        }

        await cluster.IsSettledAsync(3);
        Assert.Equal(before, await cluster.MembershipAsync());
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_departed"));
        await people.StopAndCheckAsync();
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    /// <summary>Once they move no more: a node that comes is given its share a few at a time.</summary>
    private static async Task<string> OwnedAtRestAsync(TestCluster cluster)
    {
        string last = "";
        await Eventually.IsTrueAsync(
            async () =>
            {
                string now = await OwnedAsync(cluster);
                bool rests = now == last;
                last = now;
                await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
                return rests;
            },
            TimeSpan.FromSeconds(60));
        return last;
    }

    private static async Task<string> OwnedAsync(TestCluster cluster) => string.Join(' ', await Task.WhenAll(cluster.Nodes.Select(TestCluster.ShardsAsync)));
}
