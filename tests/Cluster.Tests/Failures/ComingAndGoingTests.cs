using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Failures;

/// <summary>Nodes join and leave while the cluster works.</summary>
public sealed class ComingAndGoingTests
{
    [Fact]
    public async Task A_node_joins_and_another_leaves_and_every_room_is_served()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        load.Mark();
        await cluster.StartNodeAsync();
        await cluster.IsSettledAsync(3);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        var joined = load.LongestGap;

        load.Mark();
        Assert.Equal(0, await cluster.Nodes[0].TerminateAsync());
        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        TestContext.Current.TestOutputHelper!.WriteLine($"longest without a write: joining {joined.TotalSeconds:0.00} s, leaving {load.LongestGap.TotalSeconds:0.00} s");
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Two_leave_at_once_and_the_last_ones_leave_nothing_behind()
    {
        await using var cluster = await TestCluster.StartAsync(4);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        Assert.All(await Task.WhenAll(cluster.Nodes[0].TerminateAsync(), cluster.Nodes[2].TerminateAsync()), code => Assert.Equal(0, code));
        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();

        Assert.Equal(0, await cluster.Nodes[1].TerminateAsync());
        Assert.Equal(0, await cluster.Nodes[3].TerminateAsync());
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_node"));
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_departed"));
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_lease"));
        await Judge.FoundNothingAsync(cluster);

        await cluster.StartNodeAsync();
        await cluster.IsSettledAsync(1);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Ten_join_at_once()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.StartNodeAsync()));
        await cluster.IsSettledAsync(11, TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Three_come_at_once_where_nothing_is_and_are_one_cluster()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => cluster.StartNodeAsync()));
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_is_killed_while_it_hands_over()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        var leaving = cluster.Nodes[1];
        int owned = await TestCluster.ShardsAsync(leaving);
        var left = leaving.TerminateAsync();
        await Eventually.IsTrueAsync(
            async () => leaving.HasExited || await TestCluster.ShardsAsync(leaving) < owned, TimeSpan.FromSeconds(15));
        if (!leaving.HasExited)
            leaving.Kill();
        await left;

        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
