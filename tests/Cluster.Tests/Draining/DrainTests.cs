using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Draining;

/// <summary>A node is emptied: its sessions go to the others, its shards when it leaves, and nobody is cut off before the deadline.</summary>
public sealed class DrainTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task Any_node_drains_any_other_and_calls_it_off()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (drained, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        using var admin = new AdminClient(other);
        await using var asking = await TestClient.ConnectAsync(drained);
        await using var silent = await TestClient.ConnectAsync(drained);
        await asking.ExpectAsync("SETP session events on", "310 session on");
        int owned = await TestCluster.ShardsAsync(drained);

        // By its name; the id is another way to say it.
        var (status, _) = await admin.SendAsync(HttpMethod.Post, $"nodes/{drained.Name()}/drain", """{"deadlineSeconds":600}""");
        Assert.Equal(202, status);
        Assert.StartsWith($"114 moving {other.Address}", await asking.ReadAsync(), StringComparison.Ordinal);
        string id = (await TestCluster.NodesAsync(other)).Single(n => n.GetProperty("name").GetString() == drained.Name()).GetProperty("id").GetString()!;
        var (_, progress) = await admin.GetAsync($"nodes/{id}/drain");
        // Until it leaves it may be called off: its shards stay.
        Assert.Equal(("draining", 2, owned), (
            progress.GetProperty("state").GetString(), progress.GetProperty("sessions").GetInt32(), progress.GetProperty("shards").GetInt32()));
        Assert.Equal("serving", (await admin.GetAsync("drain")).Body.GetProperty("state").GetString());
        Assert.Equal(503, (await drained.GetAsync("/health/ready")).Status);
        Assert.Equal("421 server is moving", await drained.GreetingAsync());
        await Eventually.EqualAsync(true, async () => (await TestCluster.NodesAsync(other)).Single(n => n.GetProperty("id").GetString() == id).GetProperty("draining").GetBoolean());
        // Who did not ask for events sees nothing of it.
        await silent.ExpectAsync("NOOP", "200 ok");

        Assert.Equal(200, (await admin.DeleteAsync($"nodes/{id}/drain")).Status);
        await cluster.IsSettledAsync(2);
        Assert.Equal(200, (await drained.GetAsync("/health/ready")).Status);
        Assert.Equal("100 QCVC/1.0", await drained.GreetingAsync());
        await asking.ExpectAsync("NOOP", "200 ok");
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task Sigterm_drains_too_and_the_process_ends_when_the_last_session_has_gone()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (leaving, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await using var alice = await TestClient.ConnectAsync(leaving);
        await alice.ExpectAsync("SETP session events on", "310 session on");

        var ended = leaving.TerminateAsync();
        Assert.StartsWith($"114 moving {other.Address}", await alice.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("421 server is moving", await leaving.GreetingAsync());
        await alice.ExpectAsync("NOOP", "200 ok");
        using (var admin = new AdminClient(leaving))
            Assert.Equal(1, (await admin.GetAsync("drain")).Body.GetProperty("sessions").GetInt32());
        Assert.False(ended.IsCompleted);

        await alice.ExpectAsync("QUIT", "421 quit");
        Assert.Equal(0, await ended);
        await cluster.IsSettledAsync(1);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_session_that_does_not_go_is_ended_at_the_deadline_and_the_process_with_it()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        // Longer than the host allows for stopping, which must not count before the drain is over.
        var leaving = await cluster.StartNodeAsync(null, "Node:DrainSeconds=17");
        await cluster.IsSettledAsync(2);
        await using var stubborn = await TestClient.ConnectAsync(leaving);
        await stubborn.ConnAsync("video", $"standup@{leaving.Address}");

        var ended = leaving.TerminateAsync(TimeSpan.FromSeconds(60));
        await Eventually.EqualAsync("421 server is moving", () => leaving.GreetingAsync());
        Assert.Equal("200 ok", await stubborn.AskAsync("NOOP"));
        Assert.Equal(0, await ended);
        Assert.Equal("421 server is moving", await stubborn.ReadAsync());
        await Judge.CallsAddUpAsync(cluster);
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from conference_call where ended is null"));
        await Judge.FoundNothingAsync(cluster);
    }
}
