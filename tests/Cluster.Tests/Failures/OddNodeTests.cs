using System.Net;
using System.Net.Sockets;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Failures;

/// <summary>Nodes that are not well, or not right about the time, or about where they are.</summary>
public sealed class OddNodeTests
{
    [Theory, Trait("Category", "Cluster")]
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
        Assert.Equal(0, await odd.MetricAsync("conference_cluster_self_downed_total"));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_whose_thread_pool_is_starved_stays()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await cluster.StartNodeAsync(new NodeLaunch
        {
            Command = [],
            Environment = new Dictionary<string, string> { ["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "1", ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = "1" },
        });
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(60));
        string before = await cluster.MembershipAsync();
        await Task.Delay(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(before, await cluster.MembershipAsync());
        await cluster.IsSettledAsync(3);
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task A_second_node_at_an_address_gives_up_and_says_so()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var first = cluster.Nodes[0];
        var (code, output) = await cluster.RunNodeAsync(
            TimeSpan.FromSeconds(60), $"Cluster:Advertise={first.Address}", $"Cluster:Port={cluster.ClusterPort(first)}");
        Assert.Equal(1, code);
        Assert.Contains($"another node is at {first.Address}:{cluster.ClusterPort(first)} and alive", output, StringComparison.Ordinal);
        await cluster.IsSettledAsync(1);
        Assert.Equal("100 QCVC/1.0", await first.GreetingAsync());
    }

    [Fact]
    public async Task A_cluster_port_that_somebody_else_has_is_told_before_tables_are_made()
    {
        await using var cluster = await TestCluster.StartAsync(0);
        using var other = new TcpListener(IPAddress.Parse("127.0.0.1"), 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, output) = await cluster.RunNodeAsync(TimeSpan.FromSeconds(60), "Cluster:Advertise=127.0.0.1", $"Cluster:Port={port}");
        Assert.Equal(1, code);
        Assert.Contains($"Cluster:Port {port}: address already in use", output, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(cluster.Database);
        await using var tables = source.CreateCommand("select count(*) from information_schema.tables where table_name like 'conference%'");
        Assert.Equal(0L, await tables.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_node_that_is_killed_is_back_in_its_place_at_once()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var first = cluster.Nodes[0];
        first.Kill();
        await first.ExitAsync(TestNode.PutOutLimit);
        var again = await cluster.StartAgainAsync(first);
        await cluster.IsSettledAsync(2);
        Assert.Equal("100 QCVC/1.0", await again.GreetingAsync());
    }
}
