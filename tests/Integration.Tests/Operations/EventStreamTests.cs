using System.Net;

namespace Conference.Integration.Tests.Operations;

public sealed class EventStreamTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private const string Viewers = "conference_console_viewers";

    [Fact]
    public async Task Who_says_no_token_or_a_wrong_one_sees_nothing_and_is_counted()
    {
        double noToken = await fixture.Node.MetricAsync("conference_http_refused_total", "no_token");
        double wrong = await fixture.Node.MetricAsync("conference_http_refused_total", "wrong_token");
        using var nobody = await EventReader.OpenAsync(fixture.Node, token: null);
        using var stranger = await EventReader.OpenAsync(fixture.Node, "not-the-token");

        Assert.StartsWith("HTTP/1.1 401 ", await nobody.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await stranger.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(noToken + 1, await fixture.Node.MetricAsync("conference_http_refused_total", "no_token"));
        Assert.Equal(wrong + 1, await fixture.Node.MetricAsync("conference_http_refused_total", "wrong_token"));
        Assert.Equal(0, await fixture.Node.MetricAsync(Viewers));
    }

    [Fact]
    public async Task Members_who_join_are_seen_within_seconds_and_their_room_is_listed()
    {
        using var viewer = await EventReader.OpenAsync(fixture.Node, AdminClient.Token);
        Assert.Contains("text/event-stream", await viewer.UntilAsync("event: state"), StringComparison.Ordinal);
        await using var alice = await TestClient.ConnectAsync(fixture.Node);
        await using var bob = await TestClient.ConnectAsync(fixture.Node, "127.0.0.2");
        var (from, to) = (await alice.ConnAsync("video", "watched@127.0.0.1"), await bob.ConnAsync("video", "watched@127.0.0.1"));
        await from.LatchAsync(to);

        Assert.NotNull(await viewer.UntilAsync("\"members\":2"));
        using var admin = new AdminClient(fixture.Node);
        var (status, page) = await admin.GetAsync("figures/rooms?find=watch&order=name");
        Assert.Equal(200, status);
        var room = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal("watched", room.GetProperty("name").GetString());
        Assert.Equal(2, room.GetProperty("members").GetInt32());
        Assert.Equal(2, Assert.Single(room.GetProperty("nodes").EnumerateObject()).Value.GetInt32());
    }

    [Theory]
    [InlineData("order=size")]
    [InlineData("order=3")]
    [InlineData("offset=-1")]
    [InlineData("offset=many")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    public async Task Statistics_asked_for_wrongly_are_a_bad_request(string query)
    {
        using var admin = new AdminClient(fixture.Node);
        Assert.Equal(400, (await admin.GetAsync($"figures/rooms?{query}")).Status);
    }

    [Theory]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_changes_nothing_even_with_the_token(string header, string value)
    {
        double before = await fixture.Node.MetricAsync("conference_http_refused_total", "cross_site");
        Assert.Equal(HttpStatusCode.Forbidden, (await PutRoomAsync("forged", header, value)).StatusCode);
        Assert.Equal(before + 1, await fixture.Node.MetricAsync("conference_http_refused_total", "cross_site"));
        using var admin = new AdminClient(fixture.Node);
        Assert.Equal(404, (await admin.GetAsync("rooms/forged")).Status);
    }

    [Fact]
    public async Task Our_own_page_may_and_nobody_is_told_that_others_could()
    {
        string origin = $"http://127.0.0.1:{fixture.Node.HttpPort}";
        Assert.Equal(HttpStatusCode.OK, (await PutRoomAsync("ours", "Origin", origin)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutRoomAsync("ours", "Sec-Fetch-Site", "same-origin")).StatusCode);

        using var http = new HttpClient();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, $"{origin}/api/v1/rooms/ours");
        preflight.Headers.Add("Origin", "https://elsewhere.example");
        preflight.Headers.Add("Access-Control-Request-Method", "DELETE");
        using var answer = await http.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        using var admin = new AdminClient(fixture.Node);
        await admin.DeleteAsync("rooms/ours");
    }

    [Fact]
    public async Task A_thousand_viewers_are_served_and_calls_do_not_notice()
    {
        await using var node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        // The first of each loads code, which is files too.
        await using var client = await TestClient.ConnectAsync(node);
        using (var first = await EventReader.OpenAsync(node, AdminClient.Token))
            await IsSaidAsync(first, "event: change");
        await Eventually.EqualAsync(0, () => node.MetricAsync(Viewers));
        int descriptors = node.OpenDescriptors;

        var viewers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => EventReader.OpenAsync(node, AdminClient.Token)));
        await Task.WhenAll(viewers.Select(v => IsSaidAsync(v, "event: state")));
        Assert.Equal(1000, await node.MetricAsync(Viewers));
        for (int i = 0; i < 3; i++)
        {
            await Task.WhenAll(viewers.Select(v => IsSaidAsync(v, "event: change")));
            await client.ExpectAsync("NOOP", "200 ok");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{node.ResidentBytes >> 20} MiB with 1,000 viewers");
        foreach (var viewer in viewers)
            viewer.Dispose();
        await Eventually.EqualAsync(0, () => node.MetricAsync(Viewers));
        await Eventually.EqualAsync(true, () => node.OpenDescriptors <= descriptors + 10);
    }

    [Fact]
    public async Task Viewers_who_do_not_read_cost_the_others_nothing()
    {
        await using var node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        var silent = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => EventReader.OpenAsync(node, AdminClient.Token, receiveBuffer: 2048)));
        await Eventually.EqualAsync(200, () => node.MetricAsync(Viewers));
        using var reader = await EventReader.OpenAsync(node, AdminClient.Token);
        await IsSaidAsync(reader, "event: state");

        for (int i = 0; i < 5; i++)
            await IsSaidAsync(reader, "event: change");

        Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        foreach (var one in silent)
            one.Dispose();
        await Eventually.EqualAsync(1, () => node.MetricAsync(Viewers));
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_streams_and_does_not_wait_for_them()
    {
        await using var node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        using var viewer = await EventReader.OpenAsync(node, AdminClient.Token);
        await IsSaidAsync(viewer, "event: state");
        long asked = TimeProvider.System.GetTimestamp();

        Assert.Equal(0, await node.TerminateAsync());

        Assert.True(TimeProvider.System.GetElapsedTime(asked) < TimeSpan.FromSeconds(8), "it waited for its viewers");
        Assert.Null(await viewer.UntilAsync("event: never"));
    }

    private static async Task IsSaidAsync(EventReader reader, string said) => Assert.NotNull(await reader.UntilAsync(said));

    private async Task<HttpResponseMessage> PutRoomAsync(string room, string header, string value)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"http://127.0.0.1:{fixture.Node.HttpPort}/api/v1/rooms/{room}")
        {
            Content = new StringContent("""{"maxMembers":5}""", null, "application/json"),
        };
        request.Headers.Add("Authorization", $"Bearer {AdminClient.Token}");
        request.Headers.TryAddWithoutValidation(header, value);
        return await http.SendAsync(request);
    }
}
