using Conference.Persistence.Tests.Support;

namespace Conference.Persistence.Tests.Cluster;

/// <summary>The database holds nonsense, or what is kept in it.</summary>
public sealed class DatabaseTests(PostgresServer server)
{
    [Fact]
    public async Task Rows_of_nodes_that_lie_harm_nobody_else()
    {
        string[] lies =
        [
            "link = 'nowhere at all'", "link = '127.0.0.1:22', name = repeat('x', 100000)", "beat = -9223372036854775808", "beat = 9223372036854775807",
            "accused = (select array_agg(id) from node)", "accused = (select array_agg(gen_random_uuid()) from generate_series(1, 10000))",
            "number = -5", "number = 2147483647", "number = 3", "host = E'\\r\\n421 gone', name = E'\\x01'", "state = 'joining'", "lock = 0", "link = ''",
        ];
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        for (int i = 0; i < lies.Length; i++)
        {
            await nodes.ExecuteAsync(
                $"insert into node (id, number, name, link, host, lock, state) values ('ffffffff-0000-4000-8000-0000000000{i:x2}', {1000 + i}, 'liar', '127.0.0.1:1', 'x', 5, 'up')");
            await nodes.ExecuteAsync($"update node set {lies[i]} where id = 'ffffffff-0000-4000-8000-0000000000{i:x2}'");
        }

        await nodes.ExecuteAsync("update cluster set version = version + 1; notify conference_cluster");
        await nodes.UntilAsync(() => all[0].Cluster.View.Nodes.Length == 2 + lies.Length, "they are not seen");
        // They do not beat, so they are dead before long, and what they were given is given to others.
        await nodes.SettledAsync();
        Assert.All(all, n => Assert.Single(n.Lives));
        Assert.All(all, n => Assert.DoesNotContain("run out", n.Log.Text, StringComparison.Ordinal));
        await nodes.Live[1].LeaveAsync();
        nodes.Start();
        await nodes.SettledAsync();
    }

    [Fact]
    public async Task A_database_of_several_hosts_is_used_where_it_can_be_reached()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        // As for a pair of servers of which one is away: nobody listens at the first.
        var several = new Npgsql.NpgsqlConnectionStringBuilder(nodes.ConnectionString);
        several.Host = $"127.0.0.1:1,{several.Host}:{several.Port}";
        nodes.Create(connectionString: several.ConnectionString).Cluster.Start();
        await nodes.SettledAsync();
    }

    [Fact]
    public async Task Shards_of_owners_there_never_were_are_taken_over()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        var all = await nodes.StartAsync(2);
        await nodes.ExecuteAsync("update shard set owner = gen_random_uuid(), target = gen_random_uuid(), epoch = epoch + 1000 where id % 3 = 0; update cluster set version = version + 1");
        await nodes.UntilAsync(() => all[1].Cluster.View.Shards[0].Epoch > 1000, "it is not seen");
        await nodes.SettledAsync();
        Assert.All(all, n => Assert.Single(n.Lives));
    }

    [Fact]
    public async Task The_secret_of_a_cluster_is_made_once()
    {
        await using var nodes = await TestNodes.CreateAsync(server);
        await nodes.StartAsync(2);
        string first = await Node.Cluster.ClusterSecret.ReadAsync(nodes.ConnectionString, TestContext.Current.CancellationToken);
        Assert.Matches("^[0-9a-f]{64}$", first);
        await using (await nodes.OpenStoreAsync())
            Assert.Equal(first, await Node.Cluster.ClusterSecret.ReadAsync(nodes.ConnectionString, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_nodes_that_open_an_empty_database_at_once_have_one_secret()
    {
        string database = await server.CreateDatabaseAsync();
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        var secrets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var store = await Node.Persistence.Postgres.PostgresStore.OpenAsync(
                database, new Node.Persistence.StoreOptions(), meter, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
            return await Node.Cluster.ClusterSecret.ReadAsync(database, TestContext.Current.CancellationToken);
        })));
        Assert.Single(secrets.Distinct());
    }
}
