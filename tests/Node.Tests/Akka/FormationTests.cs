using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;
using Npgsql;

namespace Conference.Node.Tests.Akka;

public sealed class FormationTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Three_nodes_that_start_at_once_form_one_cluster_every_time()
    {
        string database = await server.CreateDatabaseAsync();
        for (int round = 0; round < 4; round++)
        {
            var nodes = await Task.WhenAll(Enumerable.Range(2, 3).Select(n => TestNode.StartAsync(server, database, n)));
            await Task.WhenAll(nodes.Select(n => n.JoinAsync()));
            await Eventually.IsTrueAsync(() => nodes.All(n => n.UpMembers == 3));
            Assert.Equal(3, nodes.Select(n => n.Table.Number).Distinct().Count());

            // All at once, and nobody has said so: the next ones must not wait for them.
            foreach (var node in nodes)
                node.Kill();
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_that_leaves_deletes_its_row_and_gives_up_its_locks_last()
    {
        string database = await server.CreateDatabaseAsync();
        await using var stays = await TestNode.StartAsync(server, database, 2);
        await stays.JoinAsync();
        await using var leaves = await TestNode.StartAsync(server, database, 3);
        await leaves.JoinAsync();
        await Eventually.IsTrueAsync(() => stays.UpMembers == 2);

        await leaves.LeaveAsync();

        Assert.Equal(1L, await server.QueryAsync<long>(database, "select count(*) from conference_node"));
        Assert.Equal(2L, await server.QueryAsync<long>(
            database, "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"));
        await Eventually.IsTrueAsync(() => stays.UpMembers == 1);
        Assert.Equal(0, stays.ProvenDeaths);
        Assert.False(leaves.Exited.IsCompleted);
    }

    [Fact]
    public async Task A_second_node_at_an_address_waits_and_then_says_so()
    {
        string database = await server.CreateDatabaseAsync();
        await using var first = await TestNode.StartAsync(server, database, 2);
        await first.JoinAsync();

        var e = await Assert.ThrowsAsync<ClusterStartException>(() => TestNode.StartAsync(server, database, 2, first.Table.Endpoint.Port));

        Assert.Equal($"another node is at {first.Table.Endpoint} and alive: every node needs a Cluster:Advertise and Cluster:Port of its own", e.Message);
    }

    [Fact]
    public async Task A_node_that_starts_again_at_its_address_waits_for_its_last_life_to_go()
    {
        string database = await server.CreateDatabaseAsync();
        var first = await TestNode.StartAsync(server, database, 2);
        await first.JoinAsync();
        int port = first.Table.Endpoint.Port;
        var second = TestNode.StartAsync(server, database, 2, port);

        first.Kill();
        await first.DisposeAsync();

        await using var again = await second;
        await again.JoinAsync();
        Assert.True(again.Table.Number > first.Table.Number);
    }

    [Fact]
    public async Task Nodes_of_a_copied_database_form_a_cluster_of_their_own_and_are_refused_by_the_original()
    {
        string database = await server.CreateDatabaseAsync();
        await using var original = await TestNode.StartAsync(server, database, 2);
        await original.JoinAsync();
        original.Database.Refuse();
        string copy = await server.CopyDatabaseAsync(database);
        original.Database.Open();
        await Eventually.IsTrueAsync(() => original.Table.IsConnected);

        await using var copied = await TestNode.StartAsync(server, copy, 3);
        await copied.JoinAsync();

        Assert.Equal(1, copied.UpMembers);
        Assert.Equal(1, original.UpMembers);
        Assert.Equal(1L, await server.QueryAsync<long>(copy, "select count(*) from conference_node"));
        // And if one of them were told where the original is:
        copied.Cluster.JoinSeedNodes([original.Cluster.SelfAddress]);
        await Assert.ThrowsAnyAsync<Exception>(() => copied.System.ActorSelection(original.Cluster.SelfAddress + "/user/echo").ResolveOne(TimeSpan.FromSeconds(2)));
        await Eventually.IsTrueAsync(() => original.Refused > 0);
    }

    [Fact]
    public async Task A_node_beside_one_that_has_lost_the_database_waits_and_forms_no_second_cluster()
    {
        string database = await server.CreateDatabaseAsync();
        await using var first = await TestNode.StartAsync(server, database, 2);
        await first.JoinAsync();
        first.Database.Refuse();
        await Eventually.IsTrueAsync(() => !first.Table.IsConnected);

        await using var second = await TestNode.StartAsync(server, database, 3);
        var joining = second.JoinAsync();
        await Eventually.IsTrueAsync(() => second.Logs.Lines.Any(l => l.Contains("has no session in this database", StringComparison.Ordinal)));
        Assert.False(joining.IsCompleted);

        first.Database.Open();
        await joining;
        await Eventually.IsTrueAsync(() => first.UpMembers == 2 && second.UpMembers == 2);
    }

    [Fact]
    public async Task A_founder_that_freezes_does_not_hold_up_the_others()
    {
        string database = await server.CreateDatabaseAsync();
        await using var frozen = await TestNode.StartAsync(server, database, 2);
        // It holds its lock and has written that it is the first, long ago, and then nothing.
        await using var session = new NpgsqlConnection(PostgresServer.ConnectionString(database, server.Port));
        await session.OpenAsync(TestContext.Current.CancellationToken);
        await using (var locking = new NpgsqlCommand($"select pg_advisory_lock({frozen.Table.Identity.IncarnationKey(frozen.Incarnation)})", session))
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await server.ExecuteAsync(database, $"""
            insert into conference_node(life, identity, host, port, name, number, state, seen)
            values ('{frozen.Incarnation}', '{frozen.Table.Identity}', '{frozen.Table.Endpoint.Host}', {frozen.Table.Endpoint.Port}, 'n2', 1, 'founding', now() - interval '20 s')
            """);

        await using var node = await TestNode.StartAsync(server, database, 3);
        await node.JoinAsync();
        var e = await Assert.ThrowsAsync<ClusterStartException>(frozen.JoinAsync);

        Assert.Contains("put out of the cluster", e.Message, StringComparison.Ordinal);
        Assert.False(await session.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken).ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default));
    }

    [Fact]
    public async Task A_node_finds_the_sealed_key_only_with_the_secret()
    {
        string database = await server.CreateDatabaseAsync();
        await using var first = await TestNode.StartAsync(server, database, 2);
        await first.JoinAsync();
        // The secret comes later: it seals what was open.
        await using var second = await TestNode.StartAsync(server, database, 3, secret: "a secret of some length");
        await second.JoinAsync();

        Assert.Contains("is sealed: set Cluster:Secret", (await Assert.ThrowsAsync<ClusterStartException>(() => TestNode.StartAsync(server, database, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("another Cluster:Secret", (await Assert.ThrowsAsync<ClusterStartException>(() => TestNode.StartAsync(server, database, 4, secret: "another of some length"))).Message, StringComparison.Ordinal);
        await Eventually.IsTrueAsync(() => first.UpMembers == 2);
    }
}
