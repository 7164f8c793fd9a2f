using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>The database goes away and comes back. Each has a server of its own: the others must not see it go.</summary>
public sealed class DatabaseAwayTests
{
    [Fact]
    public async Task A_database_that_was_away_for_ten_seconds_finds_everybody_where_they_were()
    {
        await using var own = new PostgresProcess();
        await own.InitializeAsync();
        await using var nodes = await TestNodes.CreateAsync(own);
        var all = await nodes.StartAsync(3);
        var before = all[0].Cluster.View.Shards;
        var away = System.Diagnostics.Stopwatch.StartNew();
        await own.StopAsync("fast");
        await nodes.UntilAsync(() => all.All(n => !n.Cluster.HoldsLease), "leases do not run out");
        Assert.InRange(away.Elapsed.TotalSeconds, 2.5, 6);
        await nodes.UntilAsync(() => away.Elapsed > TimeSpan.FromSeconds(10), "time stands still");
        await own.StartAsync();
        var back = await nodes.UntilAsync(() => all.All(n => n.Cluster.HoldsLease), "leases do not come back");
        TestContext.Current.TestOutputHelper?.WriteLine($"leases are back after {back.TotalSeconds:0.00} s");
        Assert.InRange(back.TotalSeconds, 0, 2.5);
        // Whoever would be evicted would be by now.
        await nodes.UntilAsync(() => away.Elapsed > TimeSpan.FromSeconds(18), "time stands still");
        await nodes.SettledAsync();
        Assert.Equal(before, all[0].Cluster.View.Shards);
        Assert.All(all, n => Assert.Single(n.Lives));
        Assert.All(all, n => Assert.InRange(n.Log.Lines.Count(l => l.Contains("database does not answer", StringComparison.Ordinal)), 1, 3));
        Assert.All(all, n => Assert.Single(n.Log.Lines, l => l.Contains("lease has run out", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_dies_while_the_database_is_away_is_noticed_when_it_is_back()
    {
        await using var own = new PostgresProcess();
        await own.InitializeAsync();
        await using var nodes = await TestNodes.CreateAsync(own);
        var all = await nodes.StartAsync(3);
        await own.StopAsync("immediate");
        await nodes.UntilAsync(() => all.All(n => !n.Cluster.HoldsLease), "leases do not run out");
        await all[0].KillAsync();
        await own.StartAsync();
        await nodes.SettledAsync();
        Assert.All(nodes.Live, n => Assert.Single(n.Lives));
    }
}
