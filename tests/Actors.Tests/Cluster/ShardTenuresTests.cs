using Conference.Actors.Cluster;

namespace Conference.Actors.Tests.Cluster;

/// <summary>Whether somebody may know an entity from before.</summary>
public sealed class ShardTenuresTests
{
    private const string Joe = "default/joe";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);
    private static readonly EntityExtractor _extractor = new();

    private readonly StoppedTime _time = new();

    [Fact]
    public void Of_a_shard_that_came_of_late_everybody_may_be_remembered_and_later_nobody()
    {
        var shards = Shards();
        shards.Began(_extractor.ShardId(Joe));
        Assert.Equal(1, shards.Owned);
        Assert.True(shards.MayBeRemembered(Joe, _limit));
        _time.Now += TimeSpan.FromSeconds(1.9);
        Assert.True(shards.MayBeRemembered(Joe, _limit));
        _time.Now += TimeSpan.FromSeconds(0.1);
        Assert.False(shards.MayBeRemembered(Joe, _limit));
    }

    [Fact]
    public void A_shard_that_went_and_came_back_begins_anew()
    {
        var shards = Shards();
        string shard = _extractor.ShardId(Joe);
        shards.Began(shard);
        _time.Now += TimeSpan.FromMinutes(1);
        shards.Ended(shard);
        Assert.Equal(0, shards.Owned);
        Assert.True(shards.MayBeRemembered(Joe, _limit));
        shards.Began(shard);
        Assert.True(shards.MayBeRemembered(Joe, _limit));
    }

    [Fact]
    public void Who_was_interrupted_here_is_remembered_by_the_next_however_late_it_begins_and_even_alone()
    {
        var shards = Shards(isAlone: true);
        Assert.False(shards.MayBeRemembered(Joe, _limit));
        shards.Interrupted(Joe);
        _time.Now += TimeSpan.FromHours(1);
        Assert.False(shards.MayBeRemembered("default/other", _limit));
        Assert.True(shards.MayBeRemembered(Joe, _limit));
        Assert.False(shards.MayBeRemembered(Joe, _limit));
    }

    private ShardTenures Shards(bool isAlone = false) => new(_extractor, isAlone, _time);

    private sealed class StoppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
