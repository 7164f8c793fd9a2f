using System.Net;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Failures;

/// <summary>SIGSTOP at the worst of moments. What a node was about to do when it froze, it must not do after others have gone on.</summary>
[Trait("Category", "Cluster")]
public sealed class FreezeTests
{
    [Fact]
    public async Task Frozen_inside_a_transaction_it_commits_nothing_afterwards()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // Writers stand inside their transactions, after the check of the epoch and before the row, while the table is held.
        await using (var source = NpgsqlDataSource.Create(cluster.Database + ";Pooling=false"))
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table event in share mode", connection, transaction);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await Eventually.IsTrueAsync(
                async () => await cluster.SqlAsync<long>("select count(*) from pg_locks where not granted and relation = 'event'::regclass") >= 3, TimeSpan.FromSeconds(10));
            cluster.Nodes[2].Freeze();
        }

        await Eventually.IsTrueAsync(
            async () => await cluster.SqlAsync<long>("select count(*) from node where state <> 'down'") == 2, TimeSpan.FromSeconds(20));
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        cluster.Nodes[2].Thaw();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(30));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task Frozen_between_its_check_and_its_write_it_writes_nothing_when_the_write_arrives()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var database = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var proxy = new SilentProxy(new IPEndPoint(IPAddress.Loopback, database.Port));
        database.Port = proxy.Port;
        var frozen = await cluster.StartNodeAsync(null, $"Store:Postgres={database.ConnectionString}");
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // It has found that it may, and has sent; what it has sent is under way until others own what it is about.
        proxy.FallSilent();
        await Eventually.IsTrueAsync(() => Task.FromResult(proxy.Held >= 3), TimeSpan.FromSeconds(5));
        frozen.Freeze();
        await Eventually.IsTrueAsync(
            async () => await cluster.SqlAsync<long>("select count(*) from shard where owner is null or owner not in (select id from node where state = 'up')") == 0
                && await cluster.SqlAsync<long>("select count(*) from node where state <> 'down'") == 2, TimeSpan.FromSeconds(20));
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        proxy.Speak();
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        frozen.Thaw();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(40));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task Frozen_again_and_again_under_load_nothing_has_two_owners()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var random = new Random(5);
        // Short of the lease, at its end, at the end of the time to live, and beyond; each time in the middle of whatever it does.
        foreach (double seconds in (double[])[3.5, 4.2, 5.1, 6, 9])
        {
            var node = cluster.Nodes[random.Next(3)];
            node.Freeze();
            await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
            node.Thaw();
            await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(30));
            await load.IsServedAsync(TimeSpan.FromSeconds(20));
        }

        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task Frozen_while_it_reconciles_it_does_not_hold_the_others_up()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        // Whoever takes over the dead one's shards first is stopped at the shard table, inside its transaction, and frozen there.
        NodeProcess? reconciling = null;
        await using (var source = NpgsqlDataSource.Create(cluster.Database + ";Pooling=false"))
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table shard in row exclusive mode; select 1 from shard for update", connection, transaction);
            cluster.Nodes[2].Kill();
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            string? name = null;
            await Eventually.IsTrueAsync(
                async () =>
                {
                    name = await cluster.SqlAsync<string>(
                        "select coalesce((select n.name from pg_stat_activity a join node n on a.application_name like '%' || n.id || '%' where a.wait_event_type = 'Lock' and a.query ilike '%from shard%for no key update%' limit 1), '')");
                    return name.Length > 0;
                },
                TimeSpan.FromSeconds(20));
            reconciling = cluster.Nodes.Single(n => name == $"node-{n.Address}");
            reconciling.Freeze();
        }

        // One is dead and one is frozen: the third has everything.
        await Eventually.IsTrueAsync(
            async () => await cluster.SqlAsync<long>("select count(distinct owner) from shard where target is null and owner in (select id from node where state = 'up')") == 1
                && await cluster.SqlAsync<long>("select count(*) from shard where owner is null") == 0, TimeSpan.FromSeconds(30));
        reconciling.Thaw();
        await cluster.IsSettledAsync(2, TimeSpan.FromSeconds(30));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
