using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Releases;

/// <summary>Nodes of this release and of the next one, as while a new release is rolled out.</summary>
public sealed class NeighbouringReleaseTests
{
    [Fact]
    public async Task A_cluster_goes_from_one_release_to_the_next_node_by_node_under_load()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        var first = await cluster.StartNodeAsync(Next("1-2"));
        await cluster.IsSettledAsync(3);
        await IsOneRoomAsync(cluster.Nodes[0], first);
        Assert.Contains(", protocol 1", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(", protocol 2", first.Output, StringComparison.Ordinal);

        Assert.Equal(0, await cluster.Nodes[0].TerminateAsync());
        var second = await cluster.StartNodeAsync(Next("1-2"));
        await cluster.IsSettledAsync(3);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await IsOneRoomAsync(cluster.Nodes[1], second);
        await IsOneRoomAsync(first, second);
        Assert.Contains(", protocol 2", second.Output, StringComparison.Ordinal);

        Assert.Equal(0, await cluster.Nodes[1].TerminateAsync());
        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_release_that_shares_no_protocol_with_the_others_stays_out_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (first, second) = (cluster.Nodes[0], cluster.Nodes[1]);
        var refused = await cluster.StartNodeAsync(Next("2-3"));
        Assert.Equal(503, (await refused.GetAsync("/health/ready")).Status);
        Assert.Contains("speaks protocol 1, this is", refused.Output, StringComparison.Ordinal);
        foreach (var node in (NodeProcess[])[first, second])
            await Eventually.IsTrueAsync(() => node.Output.Contains("speaks protocol 2-3, this is", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await IsOneRoomAsync(first, second);
        Assert.Equal(0L, await cluster.SqlAsync<long>("select count(*) from shard s join node n on n.id = s.owner where n.state <> 'up'"));

        Assert.Equal(0, await refused.TerminateAsync());
        await cluster.IsSettledAsync(2);
        await Judge.FoundNothingAsync(cluster);
    }

    /// <summary>What starts as a node of a release that speaks these.</summary>
    private static NodeLaunch Next(string protocols) => new()
    {
        Command = [],
        Environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            [StartupHook.Protocols] = protocols,
        },
    };

    private static async Task IsOneRoomAsync(NodeProcess one, NodeProcess other)
    {
        await using var alice = await TestClient.ConnectAsync(one);
        await using var bob = await TestClient.ConnectAsync(other);
        string room = $"between-{one.ProcessId}-{other.ProcessId}";
        using var from = await alice.ConnAsync("video", $"{room}@{one.Address}");
        using var to = await bob.ConnAsync("video", $"{room}@{other.Address}");
        await from.LatchAsync(to);
        await to.LatchAsync(from);
        await alice.SendAsync("SEND chat good morning\r\n");
        Assert.Equal("203 chat good morning", await bob.ReadAsync());
    }
}
