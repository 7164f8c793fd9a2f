using System.Net;
using System.Net.WebSockets;
using Akka.Actor;
using Conference.Actors.Sessions.Limits;
using Conference.Node.Tests.Web.Support;

namespace Conference.Node.Tests.Web;

/// <summary>QCVC in a WebSocket: a frame is a line.</summary>
public sealed class LinesTests
{
    [Fact]
    public async Task A_frame_is_a_line_or_several_with_or_without_its_ending()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        Assert.Equal("100 QCVC/1.0", await joe.ReadAsync());
        Assert.Equal("200 ok", await joe.AskAsync("NOOP"));
        Assert.Equal("200 ok", await joe.AskAsync("NOOP\r\n"));
        await joe.SayAsync("NOOP\nAUTH ANONYMOUS joe\r\nGETP session name\n");
        foreach (string line in (string[])["200 ok", "204 joe", "310 session joe"])
            Assert.Equal(line, await joe.ReadAsync());
        // In pieces, the ending in one of its own or in none.
        await joe.SayAsync("NO", isLast: false);
        await joe.SayAsync("OP", isLast: false);
        Assert.Equal("200 ok", await joe.AskAsync("\n"));
        await joe.SayAsync("NOOP", isLast: false);
        Assert.Equal("200 ok", await joe.AskAsync(""));
        Assert.Equal("500 unknown command", await joe.AskAsync(""));
        Assert.Equal("421 quit", await joe.AskAsync("QUIT"));
        Assert.Null(await joe.ReadAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, joe.Socket.CloseStatus);
    }

    [Fact]
    public async Task STLS_is_not_for_a_WebSocket()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        await joe.ReadAsync();
        Assert.Equal("504 TLS not available", await joe.AskAsync("STLS"));
    }

    [Fact]
    public async Task A_frame_that_is_too_long_is_told_once_and_the_session_goes_on()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        await joe.ReadAsync();
        Assert.Equal("500 unknown command", await joe.AskAsync(new string('x', 1024)));
        Assert.Equal("500 line too long", await joe.AskAsync(new string('x', 1025)));
        Assert.Equal("500 line too long", await joe.AskAsync(new string('x', 1_000_000)));
        Assert.Equal("200 ok", await joe.AskAsync("NOOP"));
        // Without an end.
        for (int i = 0; i < 100; i++)
            await joe.SayAsync(new string('x', 4096), isLast: false);
        Assert.Equal("500 line too long", await joe.ReadAsync());
        await joe.SayAsync("x");
        Assert.Equal("200 ok", await joe.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_binary_frame_ends_it_and_what_came_before_is_answered()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        await joe.ReadAsync();
        await joe.SayAsync("NOOP");
        await joe.SayAsync("NOOP", WebSocketMessageType.Binary);
        Assert.Equal("200 ok", await joe.ReadAsync());
        Assert.Null(await joe.ReadAsync());
        Assert.Equal((WebSocketCloseStatus.InvalidMessageType, "text frames only"), (joe.Socket.CloseStatus, joe.Socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Control_characters_and_other_protocols_are_answered_as_on_TCP()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        await joe.ReadAsync();
        Assert.Equal("500 malformed line", await joe.AskAsync("NOOP\t"));
        Assert.Equal("500 malformed line", await joe.AskAsync("NO\rOP"));
        Assert.Equal("421 this is QCVC, not HTTP", await joe.AskAsync("GET / HTTP/1.1"));
        Assert.Null(await joe.ReadAsync());
    }

    [Fact]
    public async Task Pages_of_other_sites_are_refused_unless_they_are_named()
    {
        await using var host = await WebHost.StartAsync("Web:Origins=https://talk.example.org,http://localhost:5173");
        foreach (string origin in (string[])["https://evil.example.org", "null", "https://talk.example.org:444", $"http://127.0.0.1:{host.Address.Port + 1}", "file://"])
            Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(host, origin));
        foreach (string? origin in (string?[])[null, $"http://{host.Address.Authority}", "https://talk.example.org", "http://localhost:5173", WebHost.Neighbour])
        {
            using var joe = await host.ConnectAsync(origin);
            Assert.Equal("100 QCVC/1.0", await joe.ReadAsync());
        }
    }

    [Fact]
    public async Task What_is_no_WebSocket_is_told_what_is_here()
    {
        await using var host = await WebHost.StartAsync();
        using var response = await host.Http.GetAsync(new Uri("/qcvc", UriKind.Relative));
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Contains("WebSocket", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_cannot_be_let_in_is_told_why_as_on_TCP()
    {
        await using var host = await WebHost.StartAsync(new ClientLimits { AddressSessions = 1 });
        using (var joe = await host.ConnectAsync())
        {
            await joe.ReadAsync();
            using var second = await host.ConnectAsync();
            Assert.Equal("421 too many sessions", await second.ReadAsync());
            Assert.Null(await second.ReadAsync());
            Assert.Equal("421 quit", await joe.AskAsync("QUIT"));
            Assert.Null(await joe.ReadAsync());
        }

        host.Sessions.Tell("server is moving", ActorRefs.NoSender);
        Assert.Equal("421 server is moving", await UntilPlaceIsFreeAsync(host));
    }

    [Fact]
    public async Task A_client_that_goes_without_a_word_takes_its_session_along()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        Assert.Single(host.Plane.Webs);
        joe.Socket.Abort();
        Assert.True(SpinWait.SpinUntil(() => host.Plane.Webs.IsEmpty, TimeSpan.FromSeconds(30)));
        // Its token goes with it.
        long deadline = Environment.TickCount64 + 30_000;
        while ((await host.SendAsync(HttpMethod.Delete, path)).StatusCode != HttpStatusCode.NotFound)
            Assert.True(Environment.TickCount64 < deadline);
    }

    private static async Task<string?> UntilPlaceIsFreeAsync(WebHost host)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            using var next = await host.ConnectAsync();
            string? first = await next.ReadAsync();
            if (first != "421 too many sessions" || Environment.TickCount64 > deadline)
                return first;
        }
    }

    private static async Task<HttpStatusCode> RefusalAsync(WebHost host, string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/qcvc"), limit.Token));
        return socket.HttpStatusCode;
    }
}
