using Conference.Actors.Cluster;
using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>Joining, sharing and leaving.</summary>
public sealed class PostgresClusterTests(PostgresServer server)
{
    [Fact]
    public async Task The_first_node_owns_every_shard_and_keeps_its_lease()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var node = (await nodes.StartAsync(1))[0];
        await node.Cluster.Joined.WaitAsync(TestNodes.Patience);
        Assert.Equal(ClusterView.ShardCount, node.Owned);
        Assert.All(node.Cluster.View.Shards, s => Assert.Equal(1, s.Epoch));
        var self = Assert.Single(node.Cluster.View.Nodes);
        Assert.Equal((node.Cluster.Self, 1, "n1", NodeState.Up, "n1.example.org"), (self.Id, self.Number, self.Name, self.State, self.Host));
        long beats = await nodes.QueryAsync<long>("select beat from node");
        await nodes.UntilAsync(() => node.Cluster.LeaseLeft < TimeSpan.FromSeconds(3.2), "the lease does not run");
        await nodes.UntilAsync(() => node.Cluster.LeaseLeft > TimeSpan.FromSeconds(3.8), "the lease is not renewed");
        Assert.True(await nodes.QueryAsync<long>("select beat from node") > beats);
    }

    [Fact]
    public async Task A_node_that_joins_is_given_shards_by_those_who_have_them()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var first = (await nodes.StartAsync(1))[0];
        var second = nodes.Start();
        await nodes.SettledAsync();
        // Each was handed over by its owner, at the epoch after: nobody took it.
        Assert.Equal(second.Owned, first.HandedOff.Count);
        Assert.InRange(second.Owned, 80, 176);
        Assert.All(first.HandedOff.Keys, h => Assert.Equal((second.Cluster.Self, h.Epoch + 1), (first.Cluster.View[h.Shard].Owner, first.Cluster.View[h.Shard].Epoch)));
        Assert.Contains("node n2", first.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_nodes_that_start_at_once_share_the_shards()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(10);
        Assert.Equal(Enumerable.Range(1, 10), all[0].Cluster.View.Nodes.Select(n => n.Number).Order());
        Assert.Equal(ClusterView.ShardCount, all.Sum(n => n.Owned));
        Assert.All(all, n => Assert.InRange(n.Owned, 8, 60));
        Assert.All(all, n => Assert.Single(n.Lives));
    }

    [Fact]
    public async Task A_node_that_leaves_hands_over_all_it_has_before_it_goes()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(3);
        int owned = all[0].Owned;
        all[0].HandedOff.Clear();
        await all[0].LeaveAsync();
        await nodes.SettledAsync();
        Assert.Equal(owned, all[0].HandedOff.Count);
        Assert.Equal(1L, await nodes.QueryAsync<long>("select count(*) from node where state = 'down'"));
        Assert.Contains("out of the cluster", all[0].Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("dead", all[1].Log.Text + all[2].Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_node_to_leave_stops_its_entities_and_frees_its_shards()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        await Task.WhenAll(all.Select(n => n.LeaveAsync()));
        Assert.Equal(256L, await nodes.QueryAsync<long>("select count(*) from shard where state = 'free'"));
        Assert.Equal(0L, await nodes.QueryAsync<long>("select count(*) from node where state <> 'down'"));
        var next = (await nodes.StartAsync(1))[0];
        Assert.Equal(3, next.Cluster.View.Nodes[0].Number);
    }

    [Fact]
    public async Task A_node_that_drains_stays_and_can_take_shards_again()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        all[0].Cluster.Drain();
        await nodes.UntilAsync(() => all[0].Owned == 0 && all[1].Owned == ClusterView.ShardCount, "it does not drain");
        Assert.True(all[0].Cluster.HoldsLease);
        Assert.Equal(NodeState.Leaving, all[1].Cluster.View.Find(all[0].Cluster.Self)?.State);
        all[0].Cluster.CallOffDrain();
        await nodes.SettledAsync();
        Assert.Single(all[0].Lives);
    }

    [Fact]
    public async Task Two_nodes_at_one_address_are_told_apart_by_who_is_alive()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var first = (await nodes.StartAsync(1))[0];
        var second = nodes.Create("second", port: first.Port);
        second.Cluster.Start();
        await nodes.UntilAsync(() => second.Log.Text.Contains("is at", StringComparison.Ordinal), "nothing is said");
        await first.KillAsync();
        await nodes.SettledAsync();
        Assert.Single(second.Log.Lines, l => l.Contains("needs a Cluster:Advertise", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statements_of_a_node_do_not_grow_with_the_number_of_nodes()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        await nodes.StartAsync(2);
        double two = await StatementsPerNodeAsync(nodes);
        for (int i = 0; i < 8; i++)
            nodes.Start();
        await nodes.SettledAsync();
        double ten = await StatementsPerNodeAsync(nodes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{two:0.0} statements per node and second with two nodes, {ten:0.0} with ten");
        Assert.InRange(two, 0.1, 4);
        Assert.InRange(ten, 0.1, 4);
    }

    private static async Task<double> StatementsPerNodeAsync(TestNodes nodes)
    {
        long before = nodes.Live.Sum(n => n.Statements);
        var since = System.Diagnostics.Stopwatch.StartNew();
        await nodes.UntilAsync(() => since.Elapsed > TimeSpan.FromSeconds(5), "time stands still");
        return (nodes.Live.Sum(n => n.Statements) - before) / since.Elapsed.TotalSeconds / nodes.Live.Count;
    }
}
