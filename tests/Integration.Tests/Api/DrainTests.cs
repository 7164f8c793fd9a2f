using System.Text.Json;

namespace Conference.Integration.Tests.Api;

/// <summary>Drain calls to a node that is alone: it keeps its shards, and has nowhere to send its sessions.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private NodeProcess _node = null!;
    private AdminClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");
        _admin = new AdminClient(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_drain_keeps_who_is_there_lets_nobody_in_and_can_be_called_off()
    {
        await using var alice = await TestClient.ConnectAsync(_node);
        Assert.Equal("serving", StateOf((await _admin.GetAsync("drain")).Body));

        var (status, begun) = await _admin.SendAsync(HttpMethod.Post, "drain");
        Assert.Equal(202, status);
        Assert.Equal(("draining", 1, 128), (StateOf(begun), begun.GetProperty("sessions").GetInt32(), begun.GetProperty("shards").GetInt32()));
        Assert.Equal(60, (begun.GetProperty("deadline").GetDateTimeOffset() - begun.GetProperty("since").GetDateTimeOffset()).TotalSeconds);
        Assert.Equal(503, (await _node.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await _node.GetAsync("/health/live")).Status);
        await Eventually.EqualAsync("421 server is moving", GreetingAsync);
        Assert.Equal((1, 1), (await _node.MetricAsync("conference_drain_state"), await _node.MetricAsync("conference_drain_sessions_left")));
        await alice.ExpectAsync("NOOP", "200 ok");

        var (calledOff, after) = await _admin.DeleteAsync("drain");
        Assert.Equal(200, calledOff);
        Assert.Equal("serving", StateOf(after));
        Assert.Equal(JsonValueKind.Null, after.GetProperty("deadline").ValueKind);
        Assert.Equal(200, (await _node.GetAsync("/health/ready")).Status);
        Assert.Equal("100 QCVC/1.0", await GreetingAsync());
        await alice.ExpectAsync("NOOP", "200 ok");
    }

    [Fact]
    public async Task Whoever_is_left_at_the_deadline_is_ended_and_a_drain_may_be_given_another()
    {
        await using var alice = await TestClient.ConnectAsync(_node);
        await _admin.SendAsync(HttpMethod.Post, "drain", """{"deadlineSeconds":600}""");
        await alice.ExpectAsync("NOOP", "200 ok");

        await _admin.SendAsync(HttpMethod.Post, "drain", """{"deadlineSeconds":0}""");

        Assert.Equal("421 server is moving", await alice.ReadAsync());
        Assert.Null(await alice.ReadAsync());
        await Eventually.EqualAsync("drained", async () => StateOf((await _admin.GetAsync("drain")).Body));
        Assert.Equal(0, await _node.TerminateAsync());
    }

    [Fact]
    public async Task Without_the_admin_token_nothing_is_begun_or_called_off()
    {
        using var stranger = new AdminClient(_node, "not-the-token");
        Assert.Equal(401, (await stranger.SendAsync(HttpMethod.Post, "drain")).Status);
        Assert.Equal("serving", StateOf((await _admin.GetAsync("drain")).Body));

        await _admin.SendAsync(HttpMethod.Post, "drain");
        Assert.Equal(401, (await stranger.DeleteAsync("drain")).Status);
        Assert.Equal(401, (await _node.GetAsync("/api/v1/drain")).Status);
        Assert.Equal("drained", StateOf((await _admin.GetAsync("drain")).Body));
    }

    [Fact]
    public async Task A_node_that_is_not_in_the_cluster_cannot_be_drained()
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete])
            Assert.Equal(404, (await _admin.SendAsync(method, "nodes/nobody/drain")).Status);
        Assert.Equal("serving", StateOf((await _admin.GetAsync("drain")).Body));
    }

    [Fact]
    public async Task To_call_off_what_never_began_is_no_mistake()
    {
        var (status, drain) = await _admin.DeleteAsync("drain");
        Assert.Equal((200, "serving"), (status, StateOf(drain)));
    }

    private static string? StateOf(JsonElement drain) => drain.GetProperty("state").GetString();

    private async Task<string?> GreetingAsync()
    {
        await using var client = await TestClient.ConnectSilentlyAsync(_node);
        return await client.ReadAsync();
    }
}
