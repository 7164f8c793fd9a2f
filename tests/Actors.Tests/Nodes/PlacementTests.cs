using System.Diagnostics;
using Conference.Actors.Tests.Nodes.Harness;

namespace Conference.Actors.Tests.Nodes;

/// <summary>A user's room has the user's name, and a join asks the one and then the other: how far apart they are, and what it costs.</summary>
[Collection(nameof(SeveralNodes))]
[Trait("Category", "Soak")]
public sealed class PlacementTests : IAsyncLifetime
{
    private const int Names = 2000;
    private const int Joins = 200;

    private readonly TestCluster _cluster = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Users_and_rooms_of_one_name_are_on_one_node_by_chance_only_and_the_way_from_one_to_the_other_is_short()
    {
        var nodes = await _cluster.StartAsync(3);
        _cluster.Rebalance();
        _cluster.Rebalance();
        _cluster.Skip(3);
        var (a, output) = (nodes[0], TestContext.Current.TestOutputHelper);
        var shards = nodes.ToDictionary(n => n, n => n.ShardsHere().ToHashSet());
        Assert.All(shards.Values, s => Assert.InRange(s.Count, 2 * 64 / 3 - 20, 2 * 64 / 3 + 20));
        string[] names = [.. Enumerable.Range(0, Names).Select(i => $"name-{i}")];
        var extractor = new Actors.Cluster.EntityExtractor();
        var places = names.Select(n => (Name: n, User: Of(false, n), Room: Of(true, n))).ToArray();
        int together = places.Count(p => p.User == p.Room);
        output?.WriteLine($"{together} of {Names} users are on the node of the room of their name");

        // From a node that has neither, to a node that has both, and to two.
        var near = places.Where(p => p.User == p.Room && p.User != a).Take(Joins).Select(p => p.Name).ToArray();
        var far = places.Where(p => p.User != p.Room && p.User != a && p.Room != a).Take(Joins).Select(p => p.Name).ToArray();
        foreach (string name in places.Select(p => p.Name).Except(near).Except(far).Take(100))
            Join(a, name);
        var (nearTimes, farTimes) = (new List<double>(), new List<double>());
        for (int i = 0; i < Math.Min(near.Length, far.Length); i++)
        {
            nearTimes.Add(Join(a, near[i]));
            farTimes.Add(Join(a, far[i]));
        }

        output?.WriteLine($"join, both on another node: p50 {At(nearTimes, 0.5):F2} ms, p90 {At(nearTimes, 0.9):F2} ms");
        output?.WriteLine($"join, on two others:        p50 {At(farTimes, 0.5):F2} ms, p90 {At(farTimes, 0.9):F2} ms");

        TestNode Of(bool ofRooms, string name) => nodes.Single(n => shards[n].Contains((ofRooms, extractor.ShardId($"default/{name}"))));
    }

    private static double Join(TestNode from, string room)
    {
        var client = from.Connect();
        long began = Stopwatch.GetTimestamp();
        Assert.StartsWith("303", client.Ask($"CONN video {room}@example.org"), StringComparison.Ordinal);
        double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        client.HangUp();
        return took;
    }

    private static double At(List<double> times, double part)
    {
        times.Sort();
        return times[(int)(times.Count * part)];
    }
}
