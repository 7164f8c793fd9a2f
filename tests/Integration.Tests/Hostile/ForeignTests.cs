using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Hostile;

/// <summary>Who comes to the port and speaks something else.</summary>
public sealed class ForeignTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task A_web_page_that_posts_lines_to_a_node_has_none_of_them_carried_out()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await alice.ConnAsync("audio", "page@127.0.0.1");
        double before = await Node.MetricAsync("conference_connections_foreign_total", "http");
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.PostAsync(
            new Uri($"http://127.0.0.1:{Node.Port}/"), new StringContent("\r\nAUTH ANONYMOUS page\r\nCONN audio page@127.0.0.1\r\nSEND chat bought\r\n"),
            TestContext.Current.CancellationToken));

        Assert.Equal(before + 1, await Node.MetricAsync("conference_connections_foreign_total", "http"));
        await alice.ExpectAsync("LIST page@127.0.0.1", await MemberAsync(alice));
        Assert.Equal("211 end", await alice.ReadAsync());
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nNOOP\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001", "TLS")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\nNOOP\r\n", "SSH")]
    [InlineData("OPTIONS sip:joe@127.0.0.1 SIP/2.0\r\nNOOP\r\n", "SIP")]
    [InlineData("PROXY TCP4 192.0.2.7 127.0.0.1 51234 4321\r\nNOOP\r\n", "PROXY")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000C123412341212NOOP\r\n", "PROXY")]
    public async Task Whoever_speaks_another_protocol_is_told_so_and_nothing_else(string said, string protocol)
    {
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync(Encoding.Latin1.GetBytes(said));

        Assert.Equal($"421 this is QCVC, not {protocol}", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A_host_line_ends_a_session_wherever_it_comes()
    {
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync(new string('G', 2000) + "\r\nNOOP\r\nHost: 127.0.0.1\r\nNOOP\r\n");

        Assert.Equal("500 line too long", await client.ReadAsync());
        Assert.Equal("200 ok", await client.ReadAsync());
        Assert.Equal("421 this is QCVC, not HTTP", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task What_was_asked_before_a_foreign_line_is_answered_and_then_the_session_ends()
    {
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync("HELO joe@127.0.0.1\r\nHost: 127.0.0.1\r\nNOOP\r\n");

        Assert.Equal("201 joe is here", await client.ReadAsync());
        Assert.Equal("421 this is QCVC, not HTTP", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_begins_with_tls_where_there_is_none_is_not_left_waiting()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Node.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket));
        await Assert.ThrowsAnyAsync<Exception>(
            () => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }).WaitAsync(TestClient.Limit));
    }

    /// <summary>The one line that LIST has for a guest alone.</summary>
    private static async Task<string> MemberAsync(TestClient client)
    {
        string line = await client.AskAsync("LIST page@127.0.0.1");
        Assert.Equal("211 end", await client.ReadAsync());
        return line;
    }
}
