using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Sharding;

public sealed class LeaseTests : ShardedCluster
{
    private readonly TestNode _a;
    private readonly TestNode _b;

    public LeaseTests()
    {
        (_a, _b) = (Join("a"), Join("b"));
        Cluster.GiveAll(_a);
        Answer(Ask(_b, "joe", "one"));
        Cluster.AwaitIdle();
    }

    [Fact]
    public void Without_a_lease_an_owner_refuses_clearly_and_answers_again_with_it()
    {
        _a.HoldsLease = false;
        Assert.Throws<JournalUnavailableException>(() => Answer(Ask(_a, "joe", "?")));
        Assert.Throws<JournalUnavailableException>(() => Answer(Ask(_a, "new", "?")));
        _a.HoldsLease = true;
        Assert.Equal("one,two", Answer(Ask(_a, "joe", "two")));
        Assert.Equal([("a", "joe")], Started);
    }

    [Fact]
    public void Another_node_that_holds_its_lease_asks_on_until_there_is_an_owner_that_does_too()
    {
        _a.HoldsLease = false;
        var ask = Ask(_b, "joe", "two");
        Cluster.Advance(Seconds(2));
        Assert.False(ask.IsCompleted);
        Cluster.Give(ShardOf("joe"), _b);
        Assert.Equal("one,two", Answer(ask));
    }

    [Fact]
    public void Where_nobody_holds_a_lease_nobody_waits()
    {
        (_a.HoldsLease, _b.HoldsLease) = (false, false);
        Assert.Throws<JournalUnavailableException>(() => Answer(Ask(_b, "joe", "two")));
    }

    [Fact]
    public void What_an_entity_has_in_its_mailbox_when_the_lease_ends_is_refused_too()
    {
        OnHandling = handling => _a.HoldsLease = handling.Word != "end";
        Hold(out var release);
        var first = Ask(_a, "joe", "end");
        var second = Ask(_a, "joe", "?");
        Cluster.AwaitIdle();
        release.SetResult();
        // Stored, but by the time it was, somebody else may have owned it.
        Assert.Throws<JournalUnavailableException>(() => Answer(first));
        Assert.Throws<JournalUnavailableException>(() => Answer(second));
        _a.HoldsLease = true;
        Cluster.AwaitIdle();
        Assert.Equal("one,end", Answer(Ask(_a, "joe", "?")));
    }

    [Fact]
    public void A_fenced_node_writes_nothing_more_and_comes_back_under_a_new_id()
    {
        Hold(out var release);
        var writing = Ask(_a, "joe", "two");
        var queued = Ask(_a, "joe", "three");
        RegionOf(_a).Tell("joe:four", null);
        Cluster.AwaitIdle();
        _a.IsBlind = true;
        Cluster.DeclareDown(_a);
        Cluster.Give(ShardOf("joe"), _b);
        Cluster.Fence(_a);
        var waiting = Ask(_a, "joe", "five");
        Cluster.AwaitIdle();
        release.SetResult();
        Cluster.AwaitIdle();
        Assert.Single(Journal.EventsOf(new PersistenceId("joe")));
        Assert.Equal(0, _a.Sys.Statistics.ActorsByType.GetValueOrDefault("Diary"));
        Assert.True(Counts(_a).Waiting >= 3);

        _a.IsBlind = false;
        Cluster.Rejoin(_a);
        Cluster.Advance(Seconds(1));
        foreach (var ask in new[] { writing, queued, waiting })
            Answer(ask);
        Cluster.AwaitIdle();
        Assert.Equal(["five", "four", "one", "three", "two"], Answer(Ask(_b, "joe", "?")).Split(',').Order());
        Cluster.Give(ShardOf("joe"), _a);
        Assert.Equal(5, Answer(Ask(_b, "joe", "?")).Split(',').Length);
        Assert.Equal([("a", "joe"), ("b", "joe"), ("a", "joe")], Started);
    }

    [Fact]
    public void A_node_that_is_fenced_and_given_the_same_shard_again_starts_from_the_journal()
    {
        Cluster.DeclareDown(_a);
        Cluster.Fence(_a);
        Cluster.Rejoin(_a);
        Cluster.Give(ShardOf("joe"), _a);
        Cluster.AwaitIdle();
        Assert.Equal("one,two", Answer(Ask(_b, "joe", "two")));
        Assert.Equal(2, Started.Count);
    }

    [Fact]
    public void What_others_ask_a_fenced_node_goes_to_the_next_owner()
    {
        Cluster.Kill(_a);
        var ask = Ask(_b, "joe", "two");
        Cluster.DeclareDown(_a);
        Cluster.Give(ShardOf("joe"), _b);
        Assert.Equal("one,two", Answer(ask));
    }

    private void Hold(out TaskCompletionSource release)
    {
        var held = release = new TaskCompletionSource();
        Journal.Hold = _ => held.Task;
    }
}
