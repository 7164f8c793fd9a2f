using System.Collections.Concurrent;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Sharding;

public sealed class HandOffTests : ShardedCluster
{
    private static readonly PersistenceId _joe = new("joe");

    private readonly TestNode _a;
    private readonly TestNode _b;

    public HandOffTests()
    {
        (_a, _b) = (Join("a"), Join("b"));
        Cluster.GiveAll(_a);
        Cluster.AwaitIdle();
    }

    [Fact]
    public async Task A_shard_that_moves_takes_its_entities_along()
    {
        Answer(Ask(_b, "joe", "one"));
        await Cluster.HandOffAsync(ShardOf("joe"), _b);
        Assert.Equal("one,two", Answer(Ask(_a, "joe", "two")));
        Assert.Equal([("a", "joe"), ("b", "joe")], Started);
    }

    [Fact]
    public async Task What_is_being_done_is_finished_first_and_what_comes_meanwhile_is_done_by_the_next_owner()
    {
        Answer(Ask(_a, "joe", "one"));
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        var during = Ask(_b, "joe", "two");
        Cluster.AwaitIdle();
        var queued = Ask(_a, "joe", "three");
        Cluster.AwaitIdle();
        var handOff = Cluster.HandOffAsync(ShardOf("joe"), _b);
        var after = new[] { Ask(_a, "joe", "four"), Ask(_b, "joe", "five") };
        RegionOf(_a).Tell("joe:six", null);
        Cluster.AwaitIdle();
        Assert.False(handOff.IsCompleted);
        Journal.Hold = null;
        stored.SetResult();
        await handOff;
        Assert.Equal("one,two", Answer(during));
        Assert.Equal("one,two,three", Answer(queued));
        Assert.All(after, ask => Answer(ask));
        Cluster.AwaitIdle();
        string[] all = Answer(Ask(_a, "joe", "?")).Split(',');
        Assert.Equal(["five", "four", "one", "six", "three", "two"], all.Order());
        Assert.Equal(0, Cluster.Nodes.Sum(n => n.Sys.DeadLetterCount));
        Assert.Equal([("a", "joe"), ("b", "joe")], Started);
    }

    [Fact]
    public async Task What_may_not_be_done_any_more_while_a_shard_drains_is_done_by_the_next_owner()
    {
        Answer(Ask(_a, "joe", "one"));
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        var asks = new[] { Ask(_b, "joe", "two"), Ask(_a, "joe", "three"), Ask(_b, "joe", "four") };
        Cluster.AwaitIdle();
        _a.StopsDraining = true;
        var handOff = Cluster.HandOffAsync(ShardOf("joe"), _b);
        Cluster.AwaitIdle();
        Journal.Hold = null;
        stored.SetResult();
        await handOff;
        Cluster.Advance(Seconds(1));
        Assert.All(asks, ask => Answer(ask));
        Assert.Equal(["four", "one", "three", "two"], Answer(Ask(_a, "joe", "?")).Split(',').Order());
    }

    [Fact]
    public async Task What_an_entity_put_aside_goes_to_the_next_owner()
    {
        RegionOf(_a).Tell("joe:hush", null);
        RegionOf(_a).Tell("joe:one", null);
        var asks = new[] { Ask(_a, "joe", "two"), Ask(_b, "joe", "three") };
        Cluster.AwaitIdle();
        Assert.All(asks, ask => Assert.False(ask.IsCompleted));
        await Cluster.HandOffAsync(ShardOf("joe"), _b);
        Assert.All(asks, ask => Answer(ask));
        Assert.Equal(["one", "three", "two"], Answer(Ask(_a, "joe", "?")).Split(',').Order());
        Assert.Equal(0, Cluster.Nodes.Sum(n => n.Sys.DeadLetterCount));
    }

    [Fact]
    public async Task A_shard_that_was_given_up_stays_stopped_until_a_newer_epoch()
    {
        Answer(Ask(_a, "joe", "one"));
        await _a.HandOffAsync(ShardOf("joe"));
        var ask = Ask(_a, "joe", "two");
        Cluster.Publish();
        Cluster.AwaitIdle();
        Assert.False(ask.IsCompleted);
        Assert.Single(Started);
        Cluster.Give(ShardOf("joe"), _a);
        Assert.Equal("one,two", Answer(ask));
    }

    [Fact]
    public async Task A_shard_nothing_runs_of_is_given_up_at_once()
    {
        await _a.HandOffAsync(ShardOf("joe")).WaitAsync(Cluster.Patience);
        await _a.HandOffAsync(ShardOf("joe")).WaitAsync(Cluster.Patience);
    }

    [Fact]
    public async Task Under_load_no_ask_fails_while_shards_move_and_no_word_is_kept_twice()
    {
        const int askers = 6, words = 40, diaries = 5;
        var handledBy = new ConcurrentQueue<Handling>();
        OnHandling = handledBy.Enqueue;
        var nodes = new[] { _a, _b, Join("c") };
        var asking = Enumerable.Range(0, askers).Select(asker => Task.Run(async () =>
        {
            for (int i = 0; i < words; i++)
                await Ask(nodes[asker % 3], $"d{i % diaries}", $"{asker}.{i}", seconds: 60);
        })).ToArray();
        for (int move = 0; move < 30 || asking.Any(t => !t.IsCompleted); move++)
        {
            if (move % 5 == 4)
                Cluster.Advance(Seconds(1));
            await Cluster.HandOffAsync(ShardOf($"d{move % diaries}"), nodes[(move / diaries) % 3]);
            Assert.True(move < 10_000, "asks are still open");
        }
        await Task.WhenAll(asking).WaitAsync(Cluster.Patience);
        for (int d = 0; d < diaries; d++)
        {
            var kept = Answer(Ask(_a, $"d{d}", "?")).Split(',');
            Assert.Equal(askers * words / diaries, kept.Length);
            Assert.Equal(kept.Length, kept.Distinct().Count());
        }
        Assert.All(handledBy.GroupBy(h => (h.Diary, h.Epoch)), epoch => Assert.Single(epoch.Select(h => h.Node).Distinct()));
    }

    [Fact]
    public void An_owner_that_learns_too_late_gives_its_entities_work_to_the_next()
    {
        Answer(Ask(_b, "joe", "one"));
        _a.IsBlind = true;
        Cluster.Give(ShardOf("joe"), _b);
        // Its write is refused by the fence; the question is its asker's to repeat.
        var ask = Ask(_a, "joe", "two");
        Cluster.AwaitIdle();
        Assert.False(ask.IsCompleted);
        Assert.Equal(["one"], Journal.EventsOf(_joe).Select(e => System.Text.Encoding.UTF8.GetString(e)));
        Assert.True(_a.Refreshes > 0);
        _a.IsBlind = false;
        Cluster.Publish();
        Assert.Equal("one,two", Answer(ask));
        Assert.Equal(0, Cluster.Nodes.Sum(n => n.Sys.DeadLetterCount));
    }
}
