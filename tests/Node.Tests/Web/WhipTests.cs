using System.Net;
using Akka.Actor;
using Conference.Node.Tests.Web.Support;
using Conference.Node.Web.Sdp;

namespace Conference.Node.Tests.Web;

/// <summary>WHIP and WHEP: sessions of clients that speak nothing but HTTP.</summary>
public sealed class WhipTests
{
    private const string Playing = """
        v=0
        o=- 1 1 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=ice-ufrag:abcd
        a=ice-pwd:abcdabcdabcdabcdabcdab
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
        a=setup:actpass
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        a=mid:0
        a=rtcp-mux
        a=recvonly
        a=rtpmap:111 opus/48000/2
        m=video 9 UDP/TLS/RTP/SAVPF 96
        a=mid:1
        a=rtcp-mux
        a=recvonly
        a=rtpmap:96 VP8/90000

        """;

    [Theory, InlineData("obs"), InlineData("gstreamer")]
    public async Task A_publisher_joins_is_answered_and_leaves(string name)
    {
        await using var host = await WebHost.StartAsync();
        using var response = await host.SendAsync(HttpMethod.Post, "/whip/standup?name=camera", WebHost.Offer(name));
        Assert.Equal((HttpStatusCode.Created, "application/sdp"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        string location = response.Headers.Location!.OriginalString;
        Assert.Matches("^/whip/standup/[0-9a-f]{32}$", location);
        Assert.Equal("\"1\"", response.Headers.ETag?.Tag);
        Assert.True(SdpSession.TryParse(await response.Content.ReadAsStringAsync(), out var answer, out string problem), problem);
        Assert.All(answer.Media, m => Assert.Contains(new SdpAttribute("recvonly", ""), m.Attributes));
        Assert.Equal("standup", host.Plane.Webs.Single().Value.Value);
        Assert.Equal(["audio", "video"], host.Plane.Agreed.Single().Agreement.Uplinks.Select(u => u.Service.Value).Order());

        using (var trickled = await host.SendAsync(HttpMethod.Patch, location, "a=end-of-candidates", "application/trickle-ice-sdpfrag"))
            Assert.Equal(HttpStatusCode.NoContent, trickled.StatusCode);
        using (var wrong = await host.SendAsync(HttpMethod.Patch, location, "x"))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrong.StatusCode);
        using (var left = await host.SendAsync(HttpMethod.Delete, location))
            Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        await GoneAsync(host, location);
    }

    [Fact]
    public async Task A_player_is_shown_those_who_speak_on_the_lines_it_has()
    {
        await using var host = await WebHost.StartAsync();
        using var response = await host.SendAsync(HttpMethod.Post, "/whep/standup", Playing);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var agreement = host.Plane.Agreed.Single().Agreement;
        Assert.Empty(agreement.Uplinks);
        Assert.Equal([("0", false, 0), ("1", true, 0)], agreement.Downlinks.Select(d => (d.Mid, d.IsVideo, d.Pair)));
        using var left = await host.SendAsync(HttpMethod.Delete, response.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
    }

    [Theory]
    [InlineData("/whip/standup?name=taken", null, HttpStatusCode.Conflict)]
    [InlineData("/whip/standup?name=not%20a%20name", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/standup?name=x%0d%0aQUIT", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/not%20a%20name", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/standup%0aQUIT", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40127.0.0.1", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40localhost", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40default", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40a%40acme.example", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40acme.example%0aQUIT", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/chat%40%5b::1%5d", null, HttpStatusCode.BadRequest)]
    [InlineData("/whip/standup", "Bearer bad", HttpStatusCode.Unauthorized)]
    [InlineData("/whip/standup", "Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("/whip/standup", "Bearer two words", HttpStatusCode.Unauthorized)]
    [InlineData("/whip/standup", "Basic am9lOmpvZQ==", HttpStatusCode.Unauthorized)]
    [InlineData("/whip/standup", "Bearer good", HttpStatusCode.Created)]
    public async Task Who_it_is_is_asked_as_of_anybody(string path, string? authorization, HttpStatusCode status)
    {
        await using var host = await WebHost.StartAsync();
        using var response = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer("obs"), headers: authorization is null ? [] : [("Authorization", authorization)]);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
        Assert.Equal(status == HttpStatusCode.Created ? 1 : 0, host.Plane.Webs.Count);
    }

    [Fact]
    public async Task Whoever_sends_the_wrong_way_is_told_so()
    {
        await using var host = await WebHost.StartAsync();
        using var plays = await host.SendAsync(HttpMethod.Post, "/whip/standup", Playing);
        Assert.Equal(HttpStatusCode.BadRequest, plays.StatusCode);
        Assert.Contains("no m-line on which it sends", await plays.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var publishes = await host.SendAsync(HttpMethod.Post, "/whep/standup", WebHost.Offer("obs"));
        Assert.Equal(HttpStatusCode.BadRequest, publishes.StatusCode);
        using var empty = await host.SendAsync(HttpMethod.Post, "/whep/standup", "");
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Empty(host.Plane.Webs);
    }

    [Fact]
    public async Task Where_there_are_no_browsers_or_no_place_it_is_to_come_again()
    {
        await using var host = await WebHost.StartAsync();
        host.Plane.HasWeb = false;
        using var none = await host.SendAsync(HttpMethod.Post, "/whip/standup", WebHost.Offer("obs"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        Assert.Contains("no browsers here", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        host.Plane.HasWeb = true;
        host.Sessions.Tell("server full", ActorRefs.NoSender);
        using var full = await host.SendAsync(HttpMethod.Post, "/whip/standup", WebHost.Offer("obs"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.Contains("server full", await full.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_nobody_has_finds_nothing()
    {
        await using var host = await WebHost.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Patch, HttpMethod.Delete])
        {
            using var response = await host.SendAsync(method, "/whip/standup/0123456789abcdef0123456789abcdef", "x", "application/trickle-ice-sdpfrag");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private static async Task GoneAsync(WebHost host, string location)
    {
        long deadline = Environment.TickCount64 + 30_000;
        while (true)
        {
            using var response = await host.SendAsync(HttpMethod.Delete, location);
            if (response.StatusCode == HttpStatusCode.NotFound && host.Plane.Webs.IsEmpty)
                return;
            Assert.True(Environment.TickCount64 < deadline, "it did not end");
        }
    }
}
