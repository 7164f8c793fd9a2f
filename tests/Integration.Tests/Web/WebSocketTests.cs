using System.Net;
using System.Net.WebSockets;
using System.Text;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Web;

/// <summary>QCVC in a WebSocket of a real node: the same users, rooms and chat as on TCP.</summary>
public sealed class WebSocketTests : IAsyncLifetime
{
    private NodeProcess _node = null!;

    public async ValueTask InitializeAsync() => _node = await NodeProcess.StartAsync("Web:Port=off");

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Those_on_TCP_and_those_in_a_browser_are_one_conference()
    {
        using var page = await OpenAsync();
        await using var joe = await TestClient.ConnectAsync(_node);
        await joe.ExpectAsync("AUTH ANONYMOUS joe", "204 joe");
        Assert.Equal("204 alice", await AskAsync(page, "AUTH ANONYMOUS alice"));
        await joe.ExpectAsync("STAT alice@127.0.0.1", "202 online");
        Assert.Equal("201 joe is here", await AskAsync(page, "HELO joe@localhost"));
        await SendAsync(page, "SEND chat Hello Joe!");
        Assert.Equal("203 chat Hello Joe!", await joe.ReadAsync());
        Assert.Equal(2, await _node.MetricAsync("conference_sessions"));
        Assert.Equal("421 quit", await AskAsync(page, "QUIT"));
        await Eventually.EqualAsync(1, () => _node.MetricAsync("conference_sessions"));
    }

    [Fact]
    public async Task A_node_without_browsers_says_so_and_lets_them_chat()
    {
        using var page = await OpenAsync();
        Assert.Equal("503 no browsers here", await AskAsync(page, "CONN video standup@localhost"));
        Assert.Equal("200 ok", await AskAsync(page, "NOOP"));
    }

    [Fact]
    public async Task Media_is_agreed_on_with_a_browser_that_is_in_a_room()
    {
        await using var node = await NodeProcess.StartAsync();
        using var page = await OpenAsync(node);
        Assert.Equal("204 alice", await AskAsync(page, "AUTH ANONYMOUS alice"));
        string port = await AskAsync(page, "CONN video standup@localhost");
        Assert.Matches("^303 video [0-9]+$", port);
        Assert.Equal(port.Replace("video", "audio", StringComparison.Ordinal), await AskAsync(page, "CONN audio standup@localhost"));
        Assert.Equal("503 one room at a time in a browser", await AskAsync(page, "CONN audio lunch@localhost"));
        string token = (await AskAsync(page, "GETP session token"))[^32..];

        string answer = await OfferAsync(node, HttpMethod.Post, token, HttpStatusCode.Created);
        Assert.Contains($"a=candidate:1 1 udp 2130706431 127.0.0.1 {port.Split(' ')[^1]} typ host", answer, StringComparison.Ordinal);
        Assert.Contains("a=fingerprint:sha-256 ", answer, StringComparison.Ordinal);
        Assert.Matches("^310 video [0-9]+:150,[0-9]+:500,[0-9]+:1500$", await AskAsync(page, "GETP video layers"));
        await OfferAsync(node, HttpMethod.Put, token, HttpStatusCode.OK);

        // For the others it is a member as any.
        await using var joe = await TestClient.ConnectAsync(node);
        await joe.ExpectAsync("LIST standup@127.0.0.1", "211 alice video,audio");
        Assert.Equal("211 end", await joe.ReadAsync());
        page.Abort();
        await Eventually.EqualAsync(0, () => node.MetricAsync("conference_ports_in_use"));
        Assert.DoesNotContain(token, node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_site_gets_nowhere()
    {
        using var page = new ClientWebSocket();
        page.Options.SetRequestHeader("Origin", "https://evil.example.org");
        page.Options.CollectHttpResponseDetails = true;
        using var limit = new CancellationTokenSource(TestClient.Limit);
        await Assert.ThrowsAsync<WebSocketException>(() => page.ConnectAsync(Address, limit.Token));
        Assert.Equal(HttpStatusCode.Forbidden, page.HttpStatusCode);
        Assert.Equal(0, await _node.MetricAsync("conference_sessions"));
    }

    [Fact]
    public async Task The_token_is_in_no_log_and_the_admin_token_is_not_asked_for()
    {
        using var page = await OpenAsync();
        string token = (await AskAsync(page, "GETP session token"))[^32..];
        using var http = new HttpClient();
        using var body = new StringContent("v=0", Encoding.UTF8, "application/sdp");
        using var response = await http.PostAsync(new Uri($"http://{Address.Authority}/qcvc/{token}"), body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("421 quit", await AskAsync(page, "QUIT"));
        Assert.DoesNotContain(token, _node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_node_stops_a_browser_is_told_as_everybody_is()
    {
        using var page = await OpenAsync();
        var stopped = _node.TerminateAsync();
        Assert.Equal("421 shutting down", await ReadAsync(page));
        Assert.Null(await ReadAsync(page));
        Assert.Equal(0, await stopped);
    }

    private Uri Address => new($"ws://{_node.HttpAddress}:{_node.HttpPort}/qcvc");

    private static async Task<string> OfferAsync(NodeProcess node, HttpMethod method, string token, HttpStatusCode status)
    {
        using var http = new HttpClient();
        string offer = await File.ReadAllTextAsync(RepositoryRoot.File("tests", "Node.Tests", "Web", "Sdp", "Offers", "chromium-join.sdp"));
        using var request = new HttpRequestMessage(method, new Uri($"http://{node.HttpAddress}:{node.HttpPort}/qcvc/{token}"))
        {
            Content = new StringContent(offer, Encoding.UTF8, "application/sdp"),
        };
        using var response = await http.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private Task<ClientWebSocket> OpenAsync() => OpenAsync(_node);

    private static async Task<ClientWebSocket> OpenAsync(NodeProcess node)
    {
        var page = new ClientWebSocket();
        using var limit = new CancellationTokenSource(TestClient.Limit);
        await page.ConnectAsync(new Uri($"ws://{node.HttpAddress}:{node.HttpPort}/qcvc"), limit.Token);
        Assert.Equal("100 QCVC/1.0", await ReadAsync(page));
        return page;
    }

    private static async Task<string> AskAsync(ClientWebSocket page, string line)
    {
        await SendAsync(page, line);
        return await ReadAsync(page) ?? throw new IOException("the node has closed");
    }

    private static async Task SendAsync(ClientWebSocket page, string line)
    {
        using var limit = new CancellationTokenSource(TestClient.Limit);
        await page.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
    }

    /// <summary>A frame; null once the node has said goodbye.</summary>
    private static async Task<string?> ReadAsync(ClientWebSocket page)
    {
        byte[] buffer = new byte[8192];
        using var limit = new CancellationTokenSource(TestClient.Limit);
        var frame = await page.ReceiveAsync(buffer.AsMemory(), limit.Token);
        return frame.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, frame.Count);
    }
}
