using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

/// <summary>With a server of its own, that is stopped.</summary>
public sealed class OutageTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task A_database_that_is_restarted_under_a_cluster_costs_no_node(string mode)
    {
        string database = await server.CreateDatabaseAsync();
        await using var a = await TestNode.StartAsync(server, database, 2);
        await using var b = await TestNode.StartAsync(server, database, 3);
        await Task.WhenAll(a.JoinAsync(), b.JoinAsync());
        await Eventually.IsTrueAsync(() => a.UpMembers == 2 && b.UpMembers == 2);

        await server.StopAsync(mode);
        await Eventually.IsTrueAsync(() => !a.Table.IsConnected && !b.Table.IsConnected);
        // A node that comes meanwhile waits.
        Assert.True(a.Guard.MayAct && b.Guard.MayAct);
        await server.StartAsync();

        await Eventually.IsTrueAsync(() => a.Table.IsConnected && b.Table.IsConnected);
        Assert.Equal(4L, await server.QueryAsync<long>(database, "select count(*) from pg_locks where locktype = 'advisory'"));
        Assert.Equal(2L, await server.QueryAsync<long>(database, "select count(*) from conference_node"));
        Assert.Equal(0, a.ProvenDeaths + b.ProvenDeaths);
        Assert.Equal((2, 2), (a.UpMembers, b.UpMembers));
        Assert.False(a.Exited.IsCompleted || b.Exited.IsCompleted);
    }
}
