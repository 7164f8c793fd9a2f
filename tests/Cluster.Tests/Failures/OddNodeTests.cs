using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Failures;

/// <summary>Nodes that are not well, or not right about the time.</summary>
[Trait("Category", "Cluster")]
public sealed class OddNodeTests
{
    [Theory]
    [InlineData(+1)]
    [InlineData(-1)]
    public async Task A_clock_an_hour_wrong_disturbs_nobody(int hours)
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var odd = await cluster.StartNodeAsync(new NodeLaunch { Command = [], Environment = ShiftedClock.By(TimeSpan.FromHours(hours)) });
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        cluster.Nodes[0].Kill();
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await cluster.IsSettledAsync(2);
        Assert.Equal(0, await odd.MetricAsync("conference_cluster_fenced_total"));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task A_node_whose_thread_pool_is_starved_keeps_its_lease()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var starved = await cluster.StartNodeAsync(new NodeLaunch
        {
            Command = [],
            Environment = new Dictionary<string, string> { ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1", ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1" },
        });
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(60));
        long epochs = await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard");
        await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(0, await starved.MetricAsync("conference_cluster_fenced_total"));
        Assert.Equal(epochs, await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard"));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
