using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Sharding;
using Conference.Persistence.Tests.Support;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>Nodes that die, hang, or are declared dead.</summary>
public sealed class FailureTests(PostgresServer server)
{
    [Fact]
    public async Task The_shards_of_a_node_that_dies_live_elsewhere_as_soon_as_its_process_is_seen_to_be_gone()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(3);
        await using var store = await nodes.OpenStoreAsync();
        var shard = new ShardId(all[0].Cluster.View.Shards.ToList().FindIndex(s => s.Owner == all[0].Cluster.Self));
        var fence = new ShardFence(shard, all[0].Cluster.View[shard].Epoch);
        await store.AppendAsync(Write("joe", 1, "a") with { Fence = fence });
        var dead = all[0].Cluster.Self;
        await all[0].KillAsync();
        await nodes.SettledAsync();
        // Not by its beat alone, for which they would have waited for its whole time to live.
        await nodes.UntilAsync(() => nodes.Live.Any(n => n.Log.Text.Contains($"declared node n1 ({dead}) dead: its session", StringComparison.Ordinal)), "nobody says so");
        await Assert.ThrowsAsync<JournalFencedException>(() => store.AppendAsync(Write("joe", 2, "b") with { Fence = fence }));
        Assert.Equal(0L, await nodes.QueryAsync<long>($"select count(*) from pg_stat_activity where application_name = 'conference-node-{dead.Value}'"));
        Assert.All(nodes.Live, n => Assert.Single(n.Lives));
    }

    [Fact]
    public async Task A_node_that_was_declared_dead_stops_its_entities_and_comes_back_as_another()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        await nodes.ExecuteAsync($"update node set state = 'down' where id = '{all[0].Cluster.Self.Value}'; update cluster set version = version + 1");
        await nodes.UntilAsync(() => all[0].Lives.Count == 2, "it does not notice");
        await nodes.SettledAsync();
        Assert.NotEqual(all[0].Lives.First(), all[0].Cluster.Self);
        Assert.Equal(all[0].Lives.Last(), all[0].Cluster.Self);
        Assert.Contains("fenced", all[0].Log.Text, StringComparison.Ordinal);
        Assert.Contains("entities stopped", all[0].Log.Lines);
        Assert.Single(all[1].Lives);
    }

    [Fact]
    public async Task A_node_whose_row_is_gone_comes_back_as_another()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        await nodes.ExecuteAsync($"delete from node where id = '{all[0].Cluster.Self.Value}'");
        await nodes.UntilAsync(() => all[0].Lives.Count == 2, "it does not notice");
        await nodes.SettledAsync();
    }

    [Fact]
    public async Task Sessions_that_are_ended_cost_no_lease()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        for (int i = 0; i < 5; i++)
        {
            await nodes.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'conference-node-%'");
            await nodes.UntilAsync(() => all.All(n => n.Cluster.LeaseLeft > TimeSpan.FromSeconds(3.5)), "they do not come back");
        }

        await nodes.SettledAsync();
        Assert.All(all, n => Assert.Single(n.Lives));
        Assert.All(all, n => Assert.DoesNotContain("run out", n.Log.Text, StringComparison.Ordinal));
        Assert.All(all, n => Assert.Contains("answers again", n.Log.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shard_whose_entities_do_not_stop_is_taken_after_the_limit_and_may_not_act_by_then()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var first = (await nodes.StartAsync(1))[0];
        var never = new TaskCompletionSource();
        first.Stopping = never.Task;
        var second = nodes.Start();
        await nodes.UntilAsync(() => first.Cluster.View.Shards.Any(s => s.IsDraining), "nothing drains");
        int stuck = first.Cluster.View.Shards.ToList().FindIndex(s => s.IsDraining);
        long epoch = first.Cluster.View.Shards[stuck].Epoch;
        Assert.True(first.Cluster.MayAct(new ShardId(stuck), epoch));
        await nodes.UntilAsync(() => second.Cluster.View.Shards[stuck].Owner == second.Cluster.Self, "it is not taken");
        Assert.False(first.Cluster.MayAct(new ShardId(stuck), epoch));
        await nodes.UntilAsync(() => nodes.Live.Any(n => n.Log.Text.Contains("did not hand them over in time", StringComparison.Ordinal)), "nobody says so");
        first.Stopping = Task.CompletedTask;
        never.SetResult();
        await nodes.SettledAsync();
        Assert.Single(first.Lives);
    }
}
