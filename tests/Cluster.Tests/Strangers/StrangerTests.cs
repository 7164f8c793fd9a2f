using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Strangers;

/// <summary>Who does not belong to the cluster is refused, counted and named in the log, and costs nothing else.</summary>
public sealed class StrangerTests
{
    [Fact]
    public async Task Random_bytes_on_the_cluster_port_and_on_the_trunk_port()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await using var bob = await TestClient.ConnectAsync(cluster.Nodes[1]);
        var from = await alice.ConnAsync("video", $"standup@{cluster.Nodes[0].Address}");
        var to = await bob.ConnAsync("video", $"standup@{cluster.Nodes[1].Address}");
        await using var stream = await Support.Stream.StartAsync(from, to);
        var port = new IPEndPoint(cluster.Nodes[1].Address, cluster.ClusterPort(cluster.Nodes[1]));

        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < 2000; i++)
            udp.SendTo(RandomNumberGenerator.GetBytes(1 + (i % 1400)), port);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(cluster.Nodes[1].HasExited, cluster.Nodes[1].Output);
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(port.Address, port.Port, TestContext.Current.CancellationToken);
            try
            {
                await tcp.GetStream().WriteAsync(RandomNumberGenerator.GetBytes(4096), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // Cut already.
            }
        }

        await stream.FlowsAsync(100);
        Assert.Equal(0, stream.Lost);
        await Eventually.IsTrueAsync(
            async () => await cluster.Nodes[1].MetricAsync("conference_trunk_dropped_total") >= 2000, TimeSpan.FromSeconds(10));
        await cluster.IsSettledAsync(2);
    }

    [Fact]
    public async Task A_node_with_another_secret_is_refused_and_named()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var stranger = await cluster.StartNodeAsync(null, "Cluster:Secret=not-the-secret-of-this-cluster-at-all");
        await Eventually.IsTrueAsync(
            async () => await cluster.Nodes[0].MetricAsync("conference_link_refused_total") + await stranger.MetricAsync("conference_link_refused_total") > 0,
            TimeSpan.FromSeconds(15));
        // Nobody speaks to it: it is given nothing, and lets no client in; the two go on.
        Assert.Equal(503, (await stranger.GetAsync("/health/ready")).Status);
        var nodes = await TestCluster.NodesAsync(cluster.Nodes[0]);
        Assert.Equal(256, nodes.Where(n => n.GetProperty("state").GetString() == "up").Sum(n => n.GetProperty("shards").GetInt32()));
        Assert.Equal(0, nodes.Single(n => n.GetProperty("name").GetString() == $"node-{stranger.Address}").GetProperty("shards").GetInt32());
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_row_that_lies_in_the_table_of_nodes_is_no_node()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        await cluster.SqlAsync<int>(
            """
            insert into node select (jsonb_populate_record(n, '{"id":"00000000-0000-0000-0000-000000000001","name":"liar"}')).* from node n limit 1;
            update cluster set version = version + 1;
            select 1
            """);

        await Eventually.IsTrueAsync(
            async () => await cluster.SqlAsync<long>("select count(*) from node where name = 'liar' and state <> 'down'") == 0, TimeSpan.FromSeconds(30));
        await cluster.IsSettledAsync(2, TimeSpan.FromSeconds(30));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
