using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

public sealed class ProvenDeathTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_node_that_is_killed_is_put_out_long_before_the_failure_detector_would()
    {
        string database = await server.CreateDatabaseAsync();
        await using var all = await ThreeAsync(database);
        var (a, b, c) = (all[0], all[1], all[2]);
        var life = c.Incarnation;

        long start = Environment.TickCount64;
        c.Kill();
        await Eventually.IsTrueAsync(() => a.UpMembers == 2 && b.UpMembers == 2 && a.Cluster.State.Members.Count == 2);
        TestContext.Current.TestOutputHelper?.WriteLine($"removed after {Environment.TickCount64 - start} ms");

        Assert.True(a.ProvenDeaths + b.ProvenDeaths > 0);
        await Eventually.IsTrueAsync(async () => await server.QueryAsync<long>(database, $"select count(*) from conference_departed where life = '{life}'") == 1);
        Assert.Equal(0L, await server.QueryAsync<long>(database, $"select count(*) from conference_node where life = '{life}'"));
    }

    [Fact]
    public async Task Two_of_three_that_are_killed_at_once_leave_the_third_at_work()
    {
        string database = await server.CreateDatabaseAsync();
        await using var all = await ThreeAsync(database);
        var (a, b, c) = (all[0], all[1], all[2]);

        b.Kill();
        c.Kill();

        await Eventually.IsTrueAsync(() => a.Cluster.State.Members.Count == 1 && a.Guard.MayAct);
        Assert.False(a.Exited.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_refuses_connections_and_holds_its_lock_is_not_dead()
    {
        string database = await server.CreateDatabaseAsync();
        await using var all = await ThreeAsync(database);
        var (a, b, c) = (all[0], all[1], all[2]);

        c.Port.Refuse();
        // Longer than any proof takes.
        await Assert.ThrowsAsync<TimeoutException>(() => a.Exited.WaitAsync(TimeSpan.FromSeconds(1.5)));
        c.Port.Open();

        await Eventually.IsTrueAsync(() => a.UpMembers == 3 && b.UpMembers == 3 && c.UpMembers == 3);
        Assert.Equal(0, a.ProvenDeaths + b.ProvenDeaths);
    }

    [Fact]
    public async Task A_node_that_is_refused_and_loses_its_session_is_not_dead()
    {
        string database = await server.CreateDatabaseAsync();
        await using var all = await ThreeAsync(database);
        var (a, b, c) = (all[0], all[1], all[2]);

        for (int i = 0; i < 3; i++)
        {
            c.Port.Refuse();
            await server.ExecuteAsync(database, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'conference node n4'");
            await Assert.ThrowsAsync<TimeoutException>(() => a.Exited.WaitAsync(TimeSpan.FromSeconds(0.8)));
            c.Port.Open();
            await Eventually.IsTrueAsync(() => a.UpMembers == 3 && b.UpMembers == 3 && c.UpMembers == 3 && c.Table.IsConnected);
        }

        Assert.Equal(0, a.ProvenDeaths + b.ProvenDeaths);
        Assert.False(c.Exited.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_starts_again_at_once_at_its_address_takes_the_place_of_its_last_life()
    {
        string database = await server.CreateDatabaseAsync();
        await using var all = await ThreeAsync(database);
        var (a, b, c) = (all[0], all[1], all[2]);
        c.Kill();

        await using var again = await TestNode.StartAsync(server, database, 4, c.Table.Endpoint.Port, timings: TestNode.Patient);
        await again.JoinAsync();

        await Eventually.IsTrueAsync(() => a.UpMembers == 3 && b.UpMembers == 3 && again.UpMembers == 3);
        Assert.All([a, b, again], n => Assert.DoesNotContain(n.Cluster.State.Members, m => NodeIncarnation.Of(m.UniqueAddress) == c.Incarnation));
    }

    [Fact]
    public async Task A_node_that_finds_itself_among_the_departed_ends_with_exit_code_3()
    {
        string database = await server.CreateDatabaseAsync();
        await using var node = await TestNode.StartAsync(server, database, 2);
        await node.JoinAsync();
        await Eventually.IsTrueAsync(() => node.Guard.MayAct);

        // As others do it to one that is frozen.
        await node.Table.Database.DepartAsync(node.Table.Identity, node.Incarnation);

        Assert.Equal(DownedShutdown.DownedExitCode, await node.Exited.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(node.SaidFarewell);
        Assert.False(node.Guard.MayAct);
        Assert.Equal(3, node.Shutdown.ExitCode);
    }

    private async Task<TestNodes> ThreeAsync(string database)
    {
        var all = new TestNodes();
        for (int number = 2; number <= 4; number++)
            all.Add(await TestNode.StartAsync(server, database, number, timings: TestNode.Patient));
        await all.JoinAsync();
        return all;
    }
}
