using System.Net;
using System.Text.Json;
using Conference.Media;
using Conference.Node.Tests.Web.Support;
using Conference.Node.Web.Sdp;

namespace Conference.Node.Tests.Web;

/// <summary>A browser's media is negotiated by its session's token: POST, PUT, DELETE.</summary>
public sealed class OffersTests
{
    [Theory, InlineData("chromium-join"), InlineData("chromium-call"), InlineData("firefox"), InlineData("safari"), InlineData("gstreamer"), InlineData("obs")]
    public async Task An_offer_is_answered_and_the_plane_knows_it_first(string name)
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        using var response = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer(name));
        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.Created, "application/sdp"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal((path, "\"1\"", "no-store"), (response.Headers.Location?.OriginalString, response.Headers.ETag?.Tag, response.Headers.CacheControl?.ToString()));

        Assert.True(SdpSession.TryParse(body, out var answer, out string problem), problem);
        (WebId web, WebAgreement agreement) = Assert.Single(host.Plane.Agreed);
        Assert.Equal(host.Plane.Webs.Single().Key, web);
        Assert.NotEmpty(agreement.Fingerprints);
        Assert.Equal(
            ["1 1 udp 2130706431 127.0.0.1 11443 typ host", "2 1 tcp 1671430143 127.0.0.1 11443 typ host tcptype passive"], Values(answer, "candidate"));
        Assert.Contains($"ufrag{web.Value}", Values(answer, "ice-ufrag"));
        Assert.Equal(["audio", "video"], agreement.Uplinks.Select(u => u.Service.Value).Order());
        uint[] numbers = [.. agreement.Uplinks.SelectMany(u => u.Layers).Select(l => l.Ssrc.Value), .. agreement.Downlinks.SelectMany(d => (uint[])[d.Ssrc.Value, d.RtxSsrc.Value])];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
    }

    [Fact]
    public async Task Layers_of_the_picture_are_the_sessions_without_a_word()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        await PostAsync(host, path, "chromium-join");
        var video = host.Plane.Agreed.Last().Agreement.Uplinks[1];
        Assert.Equal(["q", "h", "f"], video.Layers.Select(l => l.Rid));
        Assert.Equal($"310 video {video.Layers[0].Ssrc.Value}:150,{video.Layers[1].Ssrc.Value}:500,{video.Layers[2].Ssrc.Value}:1500", await joe.AskAsync("GETP video layers"));
    }

    [Fact]
    public async Task A_later_offer_changes_what_there_is_and_lines_keep_what_they_had()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        string offer = WebHost.Offer("chromium-join");
        // A pair fewer at first.
        string fewer = string.Join("\nm=", offer.Split("\nm=")[..^2]).Replace(" 16 17", "", StringComparison.Ordinal);
        using (var early = await host.SendAsync(HttpMethod.Put, path, fewer))
            await AssertProblemAsync(early, HttpStatusCode.Conflict, "POST comes first");
        using (var first = await host.SendAsync(HttpMethod.Post, path, fewer))
            Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        using (var second = await host.SendAsync(HttpMethod.Put, path, offer))
        {
            Assert.Equal((HttpStatusCode.OK, "\"2\""), (second.StatusCode, second.Headers.ETag?.Tag));
            Assert.Null(second.Headers.Location);
            Assert.Contains(" 2 IN IP4", (await second.Content.ReadAsStringAsync()).Split('\n')[1], StringComparison.Ordinal);
        }

        var (before, after) = (host.Plane.Agreed.First().Agreement, host.Plane.Agreed.Last().Agreement);
        Assert.Equal((14, 16), (before.Downlinks.Length, after.Downlinks.Length));
        Assert.Equal(before.Downlinks, after.Downlinks[..14]);
        Assert.Equal(before.Uplinks.SelectMany(u => u.Layers), after.Uplinks.SelectMany(u => u.Layers));
        Assert.Equal([7, 7], after.Downlinks[14..].Select(d => d.Pair));

        using var again = await host.SendAsync(HttpMethod.Post, path, offer);
        await AssertProblemAsync(again, HttpStatusCode.Conflict, "the media is negotiated: PUT changes it");
    }

    [Fact]
    public async Task Media_is_ended_by_DELETE_and_begins_anew_with_the_next_stay()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        await PostAsync(host, path, "chromium-join");
        for (int i = 0; i < 2; i++)
        {
            using var deleted = await host.SendAsync(HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.Empty(host.Plane.Webs);
        Assert.Equal("200 ok", await joe.AskAsync("NOOP"));
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put])
        {
            using var late = await host.SendAsync(method, path, WebHost.Offer("chromium-join"));
            await AssertProblemAsync(late, HttpStatusCode.Conflict, "the media has been ended: after the last DCON, CONN begins anew");
        }

        Assert.Equal("304 video disconnected", await joe.AskAsync("DCON video standup@localhost"));
        using (var nowhere = await host.SendAsync(HttpMethod.Delete, path))
            await AssertProblemAsync(nowhere, HttpStatusCode.Conflict, "CONN comes first");
        Assert.Equal("303 video 11443", await joe.AskAsync("CONN video lunch@localhost"));
        await PostAsync(host, path, "firefox");
    }

    [Fact]
    public async Task Without_a_CONN_there_is_nothing_to_negotiate_for()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        await joe.ReadAsync();
        string path = await joe.PathAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
        {
            using var response = await host.SendAsync(method, path, WebHost.Offer("chromium-join"));
            await AssertProblemAsync(response, HttpStatusCode.Conflict, "CONN comes first");
        }

        Assert.Empty(host.Plane.Agreed);
    }

    [Theory, InlineData("0123456789abcdef0123456789abcdef"), InlineData("x"), InlineData("..%2f")]
    public async Task A_token_that_nobody_has_finds_nothing(string token)
    {
        await using var host = await WebHost.StartAsync();
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
        {
            using var response = await host.SendAsync(method, "/qcvc/" + token, WebHost.Offer("firefox"));
            await AssertProblemAsync(response, HttpStatusCode.NotFound, "there is no session by this token");
        }
    }

    [Fact]
    public async Task What_is_no_offer_is_told_in_a_sentence_and_changes_nothing()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        string session = WebHost.Offer("chromium-join").Split("\nm=")[0];
        foreach (var (offer, why) in ((string, string)[])[
            ("", "The offer cannot be read: line 1 is not of the form x=value."),
            ("hello", "The offer cannot be read: line 1 is not of the form x=value."),
            (session, "The offer has no m-line."),
            (WebHost.Offer("safari").Replace("a=setup:actpass", "a=setup:passive", StringComparison.Ordinal), "The offer has no a=setup:actpass: this server waits for the DTLS handshake."),
            (WebHost.Offer("obs").Replace("opus/", "xpus/", StringComparison.Ordinal).Replace("H264/", "H265/", StringComparison.Ordinal),
                "The offer has no codec that is known here: Opus for sound, VP8 or H.264 (packetization-mode 1) for pictures."),
        ])
        {
            using var response = await host.SendAsync(HttpMethod.Post, path, offer);
            await AssertProblemAsync(response, HttpStatusCode.BadRequest, why);
        }

        using (var typed = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer("firefox"), "text/plain"))
            await AssertProblemAsync(typed, HttpStatusCode.UnsupportedMediaType, "the body must be of the type application/sdp");
        Assert.Empty(host.Plane.Agreed);
        await PostAsync(host, path, "firefox");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_megabyte_is_not_read(bool tellsItsLength)
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(new string('a', 1 << 20), null, "application/sdp") };
        if (!tellsItsLength)
            request.Headers.TransferEncodingChunked = true;
        using var response = await host.Http.SendAsync(request);
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "the body must be at most 262144 bytes");
        await PostAsync(host, path, "firefox");
    }

    [Fact]
    public async Task A_hundred_lines_are_answered()
    {
        await using var host = await WebHost.StartAsync();
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        string[] parts = WebHost.Offer("chromium-join").Split("\nm=");
        string line = string.Join('\n', parts[3].Split('\n').Where(l => !l.StartsWith("a=mid", StringComparison.Ordinal)));
        string offer = parts[0].Split("a=group")[0] + "a=group:BUNDLE " + string.Join(' ', Enumerable.Range(0, 100))
            + string.Concat(Enumerable.Range(0, 100).Select(i => $"\nm={line}\na=mid:{i}"));
        using var response = await host.SendAsync(HttpMethod.Post, path, offer);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(100, host.Plane.Agreed.Single().Agreement.Downlinks.Length);
    }

    [Fact]
    public async Task Pages_of_other_sites_may_negotiate_where_they_are_named()
    {
        await using var host = await WebHost.StartAsync("Web:Origins=https://talk.example.org");
        using var joe = await host.ConnectAsync("https://talk.example.org");
        string path = await joe.JoinAsync();
        using (var foreign = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer("firefox"), headers: ("Origin", "https://evil.example.org")))
            await AssertProblemAsync(foreign, HttpStatusCode.Forbidden, "a page of another site may not ask for this: its origin is not in Web:Origins");
        Assert.Empty(host.Plane.Agreed);
        using var asked = await host.SendAsync(
            HttpMethod.Options, path, headers: [("Origin", "https://talk.example.org"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "content-type")]);
        Assert.Equal("https://talk.example.org", asked.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("PUT", asked.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        using var named = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer("firefox"), headers: ("Origin", "https://talk.example.org"));
        Assert.Equal((HttpStatusCode.Created, "https://talk.example.org"), (named.StatusCode, named.Headers.GetValues("Access-Control-Allow-Origin").Single()));
        using var own = await host.SendAsync(HttpMethod.Put, path, WebHost.Offer("firefox"), headers: ("Origin", $"http://{host.Address.Authority}"));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("localhost", "127.0.0.1")]
    public async Task Browsers_are_told_the_address_that_is_set(string advertise, string told)
    {
        await using var host = await WebHost.StartAsync($"Web:Advertise={advertise}");
        using var joe = await host.ConnectAsync();
        string path = await joe.JoinAsync();
        Assert.Equal($"1 1 udp 2130706431 {told} 11443 typ host", Values(await PostAsync(host, path, "firefox"), "candidate").First());
    }

    private static async Task<SdpSession> PostAsync(WebHost host, string path, string name)
    {
        using var response = await host.SendAsync(HttpMethod.Post, path, WebHost.Offer(name));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.True(SdpSession.TryParse(await response.Content.ReadAsStringAsync(), out var answer, out string problem), problem);
        return answer;
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(detail, problem.RootElement.GetProperty("detail").GetString());
    }

    private static IEnumerable<string> Values(SdpSession session, string name) => session.Media.SelectMany(m => m.Attributes).Where(a => a.Name == name).Select(a => a.Value);
}
