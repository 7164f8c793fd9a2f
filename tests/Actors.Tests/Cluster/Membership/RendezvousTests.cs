using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Cluster.Membership;

public class RendezvousTests : MembershipTest
{
    [Fact]
    public void Every_version_of_the_program_places_alike()
    {
        var homes = new Rendezvous([A, B, C]);
        Assert.Equal("BCBCCB", string.Concat(Enumerable.Range(0, 6).Select(s => "ABC"[(int)homes.HomeOf(new ShardId(s)).Value.ToByteArray()[0] - 1])));
    }

    [Fact]
    public void The_order_in_which_nodes_are_named_does_not_matter()
    {
        var (one, other) = (new Rendezvous([A, B, C]), new Rendezvous([C, A, B]));
        Assert.All(Shards(), s => Assert.Equal(one.HomeOf(s), other.HomeOf(s)));
    }

    [Fact]
    public void Who_comes_takes_only_its_own_and_who_goes_is_missed_only_by_its_own()
    {
        NodeId[] nodes = [.. Enumerable.Range(1, 9).Select(Node)];
        var without = new Rendezvous(nodes[..8]);
        var with = new Rendezvous(nodes);
        Assert.All(Shards(), s => Assert.True(with.HomeOf(s) == nodes[8] || with.HomeOf(s) == without.HomeOf(s)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Shards_are_spread_evenly(int count)
    {
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var bytes = new byte[16];
            NodeId[] nodes = [.. Enumerable.Range(0, count).Select(_ =>
            {
                random.NextBytes(bytes);
                return new NodeId(new Guid(bytes));
            })];
            var homes = new Rendezvous(nodes);
            var most = Shards().CountBy(homes.HomeOf).Max(n => n.Value);

            // Five standard deviations above the mean of a fair draw.
            var mean = 256.0 / count;
            Assert.InRange(most, mean, mean + (5 * Math.Sqrt(mean * (1 - (1.0 / count)))));
        }
    }

    private static IEnumerable<ShardId> Shards() => Enumerable.Range(0, 256).Select(s => new ShardId(s));
}
