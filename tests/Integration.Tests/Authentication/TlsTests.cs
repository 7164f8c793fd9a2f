using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Conference.Integration.Tests.Authentication;

public sealed class TlsTests(TlsNode fixture) : IClassFixture<TlsNode>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task Stls_begins_tls_and_another_session()
    {
        await using var clear = await TestClient.ConnectAsync(Node);
        Assert.StartsWith("210 AUTH STLS ", await clear.AskAsync("FEAT"), StringComparison.Ordinal);
        await clear.ExpectAsync("AUTH ANONYMOUS stls-joe", "204 stls-joe");
        await clear.ExpectAsync("SETP video rate 5", "310 video 5");

        await using var client = await TlsClient.StartTlsAsync(clear);
        // Not greeted twice; nothing of before is left.
        await client.ExpectAsync("GETP video rate", "310 video 30");
        Assert.StartsWith("210 AUTH NOOP ", await client.AskAsync("FEAT"), StringComparison.Ordinal);
        await client.ExpectAsync("STLS", "504 TLS already on");
        await client.ExpectAsync("AUTH ANONYMOUS stls-joe", "204 stls-joe");
        Assert.StartsWith("303 audio ", await client.AskAsync("CONN audio stls-room@127.0.0.1"), StringComparison.Ordinal);
        await client.ExpectAsync("QUIT", "421 quit");
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task What_is_pipelined_behind_stls_is_thrown_away()
    {
        await using var clear = await TestClient.ConnectAsync(Node);
        await using var client = await TlsClient.StartTlsAsync(clear, "AUTH ANONYMOUS mallory\r\nCONN audio trap@127.0.0.1\r\nSTAT");
        await client.ExpectAsync("STAT mallory@127.0.0.1", "402 status not available");
        await client.ExpectAsync("STAT trap@127.0.0.1", "402 status not available");
        await client.ExpectAsync("AUTH ANONYMOUS mallory", "204 mallory");
    }

    [Fact]
    public async Task What_is_pipelined_before_stls_is_answered_first()
    {
        await using var clear = await TestClient.ConnectAsync(Node);
        await clear.SendAsync("NOOP\r\nHELO before@127.0.0.1\r\nSTLS\r\n");
        Assert.Equal("200 ok", await clear.ReadAsync());
        Assert.Equal("201 before is here", await clear.ReadAsync());
        Assert.Equal("220 ready", await clear.ReadAsync());
    }

    [Fact]
    public async Task Words_instead_of_a_handshake_end_the_connection_and_are_no_commands()
    {
        double failed = await Node.MetricAsync("conference_tls_handshakes_total", "outcome=\"failed\"");
        await using var clear = await TestClient.ConnectAsync(Node);
        await clear.ExpectAsync("STLS", "220 ready");
        await clear.SendAsync("AUTH ANONYMOUS mallory2\r\n");
        string? line = await clear.ReadAsync();
        Assert.True(line is null || line[0] < ' ', "an alert, or nothing");
        await Eventually.EqualAsync(failed + 1, () => Node.MetricAsync("conference_tls_handshakes_total", "outcome=\"failed\""));
    }

    [Fact]
    public async Task On_the_tls_port_tls_begins_with_the_first_byte()
    {
        foreach (var version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            await using var client = await TlsClient.ConnectAsync(Node, version);
            Assert.Equal(version, client.Version);
            await client.ExpectAsync("NOOP", "200 ok");
            await client.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\n", 500)));
            for (int i = 0; i < 500; i++)
                Assert.Equal("200 ok", await client.ReadAsync());
        }
    }

    [Fact]
    public async Task Older_versions_are_refused()
    {
#pragma warning disable CA5397, SYSLIB0039 // That is what is tested.
        await Assert.ThrowsAnyAsync<Exception>(() => TlsClient.ConnectAsync(Node, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039
    }

    [Fact]
    public async Task A_handshake_that_never_comes_ends_after_ten_seconds()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Node.TlsPort);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[100], limit.Token));
        await Eventually.EqualAsync(true, async () => await Node.MetricAsync("conference_tls_handshakes_total", "outcome=\"timeout\"") >= 1);
    }

    [Fact]
    public async Task A_client_that_is_cut_off_leaves_no_session()
    {
        await using (var client = await TlsClient.ConnectAsync(Node))
            await client.ExpectAsync("AUTH ANONYMOUS cut-off", "204 cut-off");
        await using var other = await TestClient.ConnectAsync(Node);
        await Eventually.EqualAsync("402 status not available", () => other.AskAsync("STAT cut-off@127.0.0.1"));
    }
}

/// <summary>A node with a certificate and a port for TLS.</summary>
public sealed class TlsNode : IAsyncLifetime
{
    public Certificates Certificates { get; } = new();

    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync([.. Certificates.Settings, "Qcvc:TlsPort=0"]);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Certificates.Dispose();
    }
}
