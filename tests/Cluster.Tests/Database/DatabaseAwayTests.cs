using System.Net;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Database;

/// <summary>The database goes away and comes back: media and chat go on, new work is refused clearly, nobody is evicted.</summary>
public sealed class DatabaseAwayTests
{
    [Fact]
    public Task Ten_seconds() => AwayAsync("fast", TimeSpan.FromSeconds(10));

    [Fact, Trait("Category", "Cluster")]
    public Task A_crash_of_it() => AwayAsync("immediate", TimeSpan.FromSeconds(3));

    [Fact, Trait("Category", "Cluster")]
    public Task Ten_minutes() => AwayAsync("fast", TimeSpan.FromMinutes(10));

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
    public async Task One_nodes_connections_are_cut_without_a_word()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var database = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var proxy = new SilentProxy(new IPEndPoint(IPAddress.Loopback, database.Port));
        database.Port = proxy.Port;
        var cut = await cluster.StartNodeAsync(null, $"Store:Postgres={database.ConnectionString}");
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        proxy.FallSilent();
        // Its lease runs out and the others take over; it refuses what it is asked, and says that it is not ready.
        await Eventually.EqualAsync(503, async () => (await cut.GetAsync("/health/ready")).Status);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await cut.GetAsync("/health/live")).Status);

        proxy.Speak();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(40));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    private static async Task AwayAsync(string how, TimeSpan time)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await using var bob = await TestClient.ConnectAsync(cluster.Nodes[1]);
        var from = await alice.ConnAsync("video", $"standup@{cluster.Nodes[0].Address}");
        var to = await bob.ConnAsync("video", $"standup@{cluster.Nodes[1].Address}");
        await using var stream = await Support.Stream.StartAsync(from, to);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        long epochs = await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard");

        await cluster.Postgres.StopAsync(how);
        await Eventually.EqualAsync(503, async () => (await cluster.Nodes[0].GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await cluster.Nodes[0].GetAsync("/health/live")).Status);
        await alice.SendAsync("SEND chat still here\r\n");
        Assert.Equal("203 chat still here", await bob.ReadAsync());
        await using (var carol = await TestClient.ConnectAsync(cluster.Nodes[2]))
            Assert.StartsWith("503 ", await carol.AskAsync($"CONN video elsewhere@{cluster.Nodes[2].Address}"), StringComparison.Ordinal);
        await Task.Delay(time, TestContext.Current.CancellationToken);
        await cluster.Postgres.StartAsync();

        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(30));
        Assert.Equal(epochs, await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard"));
        Assert.Equal(0, stream.Lost);
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
