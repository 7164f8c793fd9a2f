using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Failures;

/// <summary>Nodes die: their shards live elsewhere, and nobody else notices. How soon is what bench/cluster measures.</summary>
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

        load.Mark();
        dying.Kill();

        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        TestContext.Current.TestOutputHelper!.WriteLine($"kill -9: longest without a write {load.LongestGap.TotalSeconds:0.00} s");
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

    [Fact, Trait("Category", "Cluster")]
    public Task All_nodes_are_killed_and_started_again_from_cold() => KillAllAsync(times: 1);

    [Fact, Trait("Category", "Cluster")]
    public Task All_nodes_are_killed_and_started_again_from_cold_ten_times() => KillAllAsync(times: 10);

    [Fact, Trait("Category", "Cluster")]
    public async Task Each_of_three_is_killed_in_turn_ten_times()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await using var people = await PeopleLoad.StartAsync(cluster);
        var gaps = new List<TimeSpan>();
        for (int i = 0; i < 10; i++)
        {
            await load.IsServedAsync(TimeSpan.FromSeconds(30));
            load.Mark();
            // The oldest, which has the coordinators and the singletons, every time.
            var dying = cluster.Live[0];
            dying.Kill();
            await cluster.IsSettledAsync(2);
            await load.IsServedAsync(TimeSpan.FromSeconds(20));
            gaps.Add(load.LongestGap);
            await cluster.StartAgainAsync(dying);
            await cluster.IsSettledAsync(3);
        }

        TestContext.Current.TestOutputHelper!.WriteLine("kill -9 of the oldest, longest without a write: " + string.Join(' ', gaps.Select(g => $"{g.TotalSeconds:0.00}")));
        await people.StopAndCheckAsync();
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    private static async Task KillAllAsync(int times)
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await using var people = await PeopleLoad.StartAsync(cluster);
        for (int i = 0; i < times; i++)
        {
            await load.IsServedAsync(TimeSpan.FromSeconds(40));
            await people.IsServedAsync(20, TimeSpan.FromSeconds(40));
            var dying = cluster.Live;
            foreach (var node in dying)
                node.Kill();
            long cold = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(dying.Select(cluster.StartAgainAsync));
            var ready = TimeProvider.System.GetElapsedTime(cold);
            await cluster.IsSettledAsync(3);
            TestContext.Current.TestOutputHelper!.WriteLine($"three from cold: ready after {ready.TotalSeconds:0.0} s, settled after {TimeProvider.System.GetElapsedTime(cold).TotalSeconds:0.0} s");
        }

        await load.IsServedAsync(TimeSpan.FromSeconds(40));
        await people.StopAndCheckAsync();
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
