using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Strangers;

/// <summary>Who does not belong to the cluster is refused and counted, is told nothing, and costs nothing else.</summary>
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
        var port = PortOf(cluster, 1);

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
        await Eventually.IsTrueAsync(
            async () => await cluster.Nodes[1].MetricAsync("conference_remoting_refused_total") >= 20, TimeSpan.FromSeconds(10));
        await cluster.IsSettledAsync(2);
    }

    [Fact]
    public async Task A_stranger_at_the_port_for_nodes_is_told_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        string before = await cluster.MembershipAsync();
        var port = PortOf(cluster, 0);
        using var authority = new NodeCertificates();
        using var another = authority.MakeForClient("conference");
        // What Akka's own transport would send first, and what a node of the engine before this one did.
        byte[] akka = [0, 0, 0, 4, 8, 1, 18, 0];
        byte[] old = [.. "QCVC-LINK/1\r\n"u8];
        foreach (byte[] said in (byte[][])[akka, old, [], Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n")])
        {
            // TLS may tell the plain one by an alert of 7 bytes that it did not understand.
            Assert.InRange(await StrangerConnection.SayAsync(port, said), 0, 7);
            Assert.Equal(0, await StrangerConnection.SayAsync(port, null, SslProtocols.None, said));
            Assert.Equal(0, await StrangerConnection.SayAsync(port, another, SslProtocols.None, said));
            Assert.Equal(0, await StrangerConnection.SayAsync(port, another, SslProtocols.Tls12, said));
        }

        await Eventually.IsTrueAsync(
            async () => await cluster.Nodes[0].MetricAsync("conference_remoting_refused_total") >= 16, TimeSpan.FromSeconds(10));
        Assert.Contains("somebody who is no node of this cluster was refused", cluster.Nodes[0].Output, StringComparison.Ordinal);
        await cluster.IsSettledAsync(2);
        Assert.Equal(before, await cluster.MembershipAsync());
    }

    [Fact]
    public async Task Nodes_speak_the_newest_TLS_there_is_and_nothing_before_1_2()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var port = PortOf(cluster, 0);
        // Whoever reads the database is a node where no secret seals the key: docs/operating.md says so.
        using var certificate = X509CertificateLoader.LoadPkcs12(await cluster.SqlAsync<byte[]>("select pkcs12 from conference_certificate"), "");
        Assert.Equal(SslProtocols.Tls13, await StrangerConnection.HandshakeAsync(port, certificate));
#pragma warning disable CA5397, SYSLIB0039 // They must not be spoken.
        Assert.Equal(0, await StrangerConnection.SayAsync(port, certificate, SslProtocols.Tls | SslProtocols.Tls11, [1]));
#pragma warning restore CA5397, SYSLIB0039
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Two_thousand_who_say_nothing_cost_no_member_anything()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await using var bob = await TestClient.ConnectAsync(cluster.Nodes[1]);
        var from = await alice.ConnAsync("video", $"standup@{cluster.Nodes[0].Address}");
        var to = await bob.ConnAsync("video", $"standup@{cluster.Nodes[1].Address}");
        await using var stream = await Support.Stream.StartAsync(from, to);
        string before = await cluster.MembershipAsync();
        var silent = new List<Socket>();
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                await socket.ConnectAsync(PortOf(cluster, 1), TestContext.Current.CancellationToken);
            }

            // A node that comes meanwhile is heard all the same.
            await cluster.StartNodeAsync();
            await cluster.IsSettledAsync(3);
            await stream.FlowsAsync(100);
            Assert.Equal(0, stream.Lost);
            Assert.True(cluster.Nodes[1].OpenDescriptors < 1000, $"{cluster.Nodes[1].OpenDescriptors} descriptors");
            await alice.SendAsync("SEND chat still here\r\n");
            Assert.Equal("203 chat still here", await bob.ReadAsync());
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }

        foreach (string life in before.Split(' ', '\n'))
            Assert.Contains(life, await cluster.MembershipAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_with_another_secret_gives_up_and_says_so()
    {
        await using var cluster = await TestCluster.StartAsync(2, new PostgresProcess(), "Cluster:Secret=the-secret-of-this-cluster");
        var (code, output) = await cluster.RunNodeAsync(TimeSpan.FromSeconds(60), "Cluster:Secret=not-the-secret-of-this-cluster-at-all");
        Assert.Equal(1, code);
        Assert.Contains("sealed with another Cluster:Secret than this node's", output, StringComparison.Ordinal);
        (code, output) = await cluster.RunNodeAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, code);
        Assert.Contains("set Cluster:Secret to what the other nodes have", output, StringComparison.Ordinal);
        await cluster.IsSettledAsync(2);
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_authority_or_cluster_never_comes_in()
    {
        using var ours = new NodeCertificates();
        using var theirs = new NodeCertificates();
        await using var cluster = await TestCluster.StartAsync(0);
        for (int i = 0; i < 2; i++)
            await cluster.StartNodeAsync(null, ours.Settings("conference.example.org"));
        await cluster.IsSettledAsync(2);
        string before = await cluster.MembershipAsync();

        NodeProcess[] strangers = [
            cluster.BeginNode(null, theirs.Settings("conference.example.org")),
            // An authority may sign more than one cluster's.
            cluster.BeginNode(null, ours.Settings("another.example.org")),
        ];
        await Eventually.IsTrueAsync(
            async () => await cluster.Nodes[0].MetricAsync("conference_remoting_refused_total") + await cluster.Nodes[1].MetricAsync("conference_remoting_refused_total") >= 4,
            TimeSpan.FromSeconds(60));
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        // Nobody speaks to it: it is given nothing, lets no client in, and is no cluster of its own on the same data; the two go on.
        foreach (var stranger in strangers)
        {
            Assert.False(stranger.WasReady, stranger.Output);
            stranger.Kill();
            await stranger.ExitAsync(TestNode.PutOutLimit);
        }

        Assert.Equal(before, await cluster.MembershipAsync());
        await cluster.IsSettledAsync(2);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Rows_that_lie_in_the_table_of_nodes_are_no_nodes()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // One where nobody is, and one where somebody else listens.
        await cluster.SqlAsync<int>(
            $"""
            insert into conference_node(life, identity, host, port, name, number, state)
            select '127.0.0.1:' || port || '#1', identity, '127.0.0.1', port, 'liar', 4711, 'up'
            from (values (9), ({((IPEndPoint)listener.LocalEndpoint).Port})) as p(port), (select identity from conference_node limit 1) as i;
            select 1
            """);

        await cluster.StartNodeAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(30));
        Assert.Contains(before.Split(' ', '\n')[0], await cluster.MembershipAsync(), StringComparison.Ordinal);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    private static IPEndPoint PortOf(TestCluster cluster, int node) => new(cluster.Nodes[node].Address, cluster.ClusterPort(cluster.Nodes[node]));
}
