using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Conference.Actors.Cluster;
using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Cluster;

public sealed class ShardPlacementTests
{
    private const int AtOnce = 4;

    private readonly FakeClusterNodes _nodes = new(RoomMakings.Node(1));
    private readonly Fewest _fewest = new();
    private readonly ShardPlacement _placement;
    private readonly ClusterNode _other;
    private readonly Region _here = new(new Address("akka", "conference"));
    private readonly Region _there = new(new Address("akka.tls", "conference", "127.0.0.3", 4330));

    public ShardPlacementTests()
    {
        _other = _nodes.Add("b", 2);
        _nodes.Change(_other, n => n with { Address = _there.Path.Address });
        _placement = new ShardPlacement(_nodes, AtOnce, _fewest);
    }

    [Fact]
    public async Task While_nobody_leaves_it_is_as_the_fewest_say()
    {
        var shards = Shards(here: 3, there: 20);
        Assert.Equal(["fewest"], await _placement.Rebalance(shards, []));
        Assert.Same(shards, _fewest.Asked);
        Assert.Same(_here, await _placement.AllocateShard(_here, "x", shards));
        Assert.Same(shards, _fewest.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_leaves_gives_up_a_few_shards_at_a_time_and_gets_none(bool isSelf)
    {
        Leave(isSelf);
        var (leaving, staying) = isSelf ? (_here, _there) : (_there, _here);
        var shards = Shards(here: 10, there: 10);
        var given = await _placement.Rebalance(shards, []);
        Assert.Equal(AtOnce, given.Count);
        Assert.Subset(shards[leaving].ToHashSet(), given.ToHashSet());
        Assert.Empty(await _placement.Rebalance(shards, given));
        Assert.Same(staying, await _placement.AllocateShard(leaving, given.First(), shards));
    }

    [Fact]
    public async Task Who_has_given_up_all_gets_none_back()
    {
        Leave(isSelf: false);
        Assert.Equal(["fewest"], await _placement.Rebalance(Shards(here: 20, there: 0), []));
        Assert.Equal([_here], _fewest.Asked!.Keys);
    }

    [Fact]
    public async Task Where_all_leave_shards_stay_where_they_are()
    {
        Leave(isSelf: true);
        Leave(isSelf: false);
        var shards = Shards(here: 10, there: 10);
        Assert.Equal(["fewest"], await _placement.Rebalance(shards, []));
        Assert.Same(shards, _fewest.Asked);
        Assert.Contains(await _placement.AllocateShard(_here, "x", shards), shards.Keys);
    }

    private static ImmutableArray<string> Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"{i}")];

    private ImmutableDictionary<IActorRef, IImmutableList<string>> Shards(int here, int there) =>
        ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty
            .Add(_here, Numbers(0, here).ToImmutableList()).Add(_there, Numbers(here, there).ToImmutableList());

    private void Leave(bool isSelf) =>
        _nodes.Change(isSelf ? _nodes.Find(_nodes.Self)! : _other, n => n with { Card = n.Card! with { IsLeaving = true } });

    /// <summary>Says what it was asked, and always the same.</summary>
    private sealed class Fewest : IShardAllocationStrategy
    {
        public IImmutableDictionary<IActorRef, IImmutableList<string>>? Asked { get; private set; }

        public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
        {
            Asked = currentShardAllocations;
            return Task.FromResult(currentShardAllocations.MinBy(r => r.Value.Count).Key);
        }

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
        {
            Asked = currentShardAllocations;
            return Task.FromResult<IImmutableSet<string>>(ImmutableHashSet.Create("fewest"));
        }
    }

    private sealed class Region(Address address) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(address) / "system" / "sharding" / "rooms";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
