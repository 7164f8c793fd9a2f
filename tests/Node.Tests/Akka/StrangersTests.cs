using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Conference.Node.Akka;
using Conference.Node.Akka.Remoting;
using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

public sealed class StrangersTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_bytes_at_the_port_for_nodes_get_no_answer()
    {
        await using var node = await AloneAsync();
        using var stranger = await ConnectAsync(node);
        byte[] bytes = new byte[100];
        Random.Shared.NextBytes(bytes);

        await stranger.SendAsync(bytes);

        // An alert of TLS at most: nothing of what is behind it.
        Assert.InRange(await ReadToEndAsync(new NetworkStream(stranger)), 0, 7);
        await Eventually.IsTrueAsync(() => node.Refused == 1);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_without_a_certificate_gets_nothing(SslProtocols protocol)
    {
        await using var node = await AloneAsync();
        await AssertRefusedAsync(node, new SslClientAuthenticationOptions { EnabledSslProtocols = protocol, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null });
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_with_another_certificate_gets_nothing(SslProtocols protocol)
    {
        await using var node = await AloneAsync();
        var options = NodeCredentials.Pinned(ClusterCertificate.Make("conference")).ForDialer();
        options.EnabledSslProtocols = protocol;
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        await AssertRefusedAsync(node, options);
    }

    [Fact]
    public async Task Nodes_speak_TLS_1_3_and_nothing_below_1_2()
    {
        await using var node = await AloneAsync();
        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(node), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(node.Credentials.ForDialer(), Cancelled);
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);

        var old = node.Credentials.ForDialer();
#pragma warning disable SYSLIB0039, CA5397
        old.EnabledSslProtocols = SslProtocols.Tls11;
#pragma warning restore SYSLIB0039, CA5397
        await using var refused = new SslStream(new NetworkStream(await ConnectAsync(node), ownsSocket: true));
        await Assert.ThrowsAnyAsync<Exception>(() => refused.AuthenticateAsClientAsync(old, Cancelled));
    }

    [Fact]
    public async Task Two_thousand_silent_connections_cost_no_member_anything()
    {
        string database = await server.CreateDatabaseAsync();
        await using var node = await TestNode.StartAsync(server, database, 2);
        await node.JoinAsync();
        var strangers = new List<Socket>();
        for (int i = 0; i < 2000; i++)
            strangers.Add(await ConnectAsync(node));

        await using var other = await TestNode.StartAsync(server, database, 3);
        await other.JoinAsync();
        await Eventually.IsTrueAsync(() => node.UpMembers == 2 && other.UpMembers == 2);

        await Eventually.IsTrueAsync(() => strangers.TrueForAll(IsClosed), seconds: 60);
        Assert.Equal(2, node.UpMembers);
        strangers.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Who_ends_a_connection_in_the_middle_of_the_handshake_ends_nothing_else()
    {
        await using var node = await AloneAsync();
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.9"), 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var resolving = node.System.ActorSelection($"{node.Cluster.SelfAddress.Protocol}://conference@127.0.0.9:{port}/user/echo").ResolveOne(TimeSpan.FromSeconds(3));

        using (var accepted = await listener.AcceptSocketAsync(Cancelled))
        {
            byte[] hello = new byte[1];
            await accepted.ReceiveAsync(hello, Cancelled);
            accepted.LingerState = new LingerOption(true, 0);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => resolving);
        Assert.False(node.System.WhenTerminated.IsCompleted);
        Assert.Null(CoordinatedShutdown.Get(node.System).ShutdownReason);
    }

    [Fact]
    public async Task A_frame_that_is_too_long_ends_its_connection_only()
    {
        await using var node = await AloneAsync();
        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(node), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(node.Credentials.ForDialer(), Cancelled);

        await tls.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0x7f, 1, 2, 3 }, Cancelled);

        Assert.Equal(0, await ReadToEndAsync(tls));
        Assert.Equal("here", await node.System.ActorSelection("/user/echo").Ask<string>("here", TimeSpan.FromSeconds(5), Cancelled));
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_counts_from_the_next_connection_on()
    {
        await using var node = await AloneAsync();
        node.Credentials = NodeCredentials.Pinned(ClusterCertificate.Make("conference"));

        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(node), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(node.Credentials.ForDialer(), Cancelled);

        Assert.True(tls.IsMutuallyAuthenticated);
    }

    private static async Task AssertRefusedAsync(TestNode node, SslClientAuthenticationOptions options)
    {
        options.TargetHost = "conference";
        await using var tls = new SslStream(new NetworkStream(await ConnectAsync(node), ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(options, Cancelled);
            // With TLS 1.3 the other side judges after this one is done.
            await tls.WriteAsync(new byte[100], Cancelled);
            Assert.Equal(0, await ReadToEndAsync(tls));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Refused in the handshake.
        }

        await Eventually.IsTrueAsync(() => node.Refused == 1);
    }

    private static async Task<Socket> ConnectAsync(TestNode node)
    {
        // Not through the gate: what the node itself does with it counts.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.Listen, node.Table.Endpoint.Port, Cancelled);
        return socket;
    }

    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        int all = 0;
        byte[] buffer = new byte[1024];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancelled)) > 0;)
                all += read;
        }
        catch (IOException)
        {
            // Reset is an end too.
        }

        return all;
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private async Task<TestNode> AloneAsync() => await TestNode.StartAsync(server, await server.CreateDatabaseAsync(), 2);
}
