using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Failures;

/// <summary>A node dies: its shards live elsewhere, and nobody else notices. How soon is what bench/cluster measures.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Kill_9_moves_the_shards_and_costs_other_rooms_nothing()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var (survivor, other, dying) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await using var alice = await TestClient.ConnectAsync(survivor);
        await using var bob = await TestClient.ConnectAsync(other);
        var (from, to) = (await alice.ConnAsync("video", $"steady@{survivor.Address}"), await bob.ConnAsync("video", $"steady@{other.Address}"));
        await using var stream = await Support.Stream.StartAsync(from, to);

        dying.Kill();

        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await cluster.IsSettledAsync(2);
        await stream.FlowsAsync(50);
        Assert.Equal(0, stream.Lost);
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task A_client_of_the_dead_node_is_back_in_its_room_through_another()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        var (survivor, other, dying) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await using var alice = await TestClient.ConnectAsync(survivor);
        var listening = await alice.ConnAsync("video", $"standup@{survivor.Address}");
        await using (var bob = await TestClient.ConnectAsync(dying))
        {
            var speaking = await bob.ConnAsync("video", $"standup@{dying.Address}");
            await speaking.LatchAsync(listening);
            dying.Kill();
        }

        await using var again = await TestClient.ConnectAsync(other);
        var back = await again.ConnAsync("video", $"standup@{other.Address}");
        await back.LatchAsync(listening);

        // The dead node's member is seen to have gone.
        await Eventually.EqualAsync(2, async () => (await ListAsync(alice, $"standup@{survivor.Address}")).Count);
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact]
    public async Task A_frozen_owner_is_replaced_and_changes_nothing_when_it_wakes()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var frozen = cluster.Nodes[2];

        frozen.Freeze();
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // It finds out by itself, and comes back as somebody else.
        frozen.Thaw();
        await cluster.IsSettledAsync(3);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
        Assert.Equal(1, await frozen.MetricAsync("conference_cluster_fenced_total"));
    }

    [Fact]
    public async Task A_node_frozen_for_less_than_its_ttl_goes_on_as_it_was()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var before = await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard");

        cluster.Nodes[1].Freeze();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        cluster.Nodes[1].Thaw();

        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(before, await cluster.SqlAsync<long>("select sum(epoch)::bigint from shard"));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TestClient client, string room)
    {
        await client.SendAsync($"LIST {room}\r\n");
        List<string> members = [];
        while (await client.ReadAsync() is { } line && line != "211 end")
            members.Add(line);
        return members;
    }
}
