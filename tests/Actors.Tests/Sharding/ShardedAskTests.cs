using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Sharding;

public sealed class ShardedAskTests : ShardedCluster
{
    private readonly TestNode _a;
    private readonly TestNode _b;
    private readonly TestNode _c;

    public ShardedAskTests()
    {
        (_a, _b, _c) = (Join("a"), Join("b"), Join("c"));
        Cluster.GiveAll(_b);
        Cluster.AwaitIdle();
    }

    [Fact]
    public void An_entity_answers_from_wherever_it_lives()
    {
        Assert.Equal("one", Answer(Ask(_a, "joe", "one")));
        Assert.Equal("one,two", Answer(Ask(_b, "joe", "two")));
        Assert.Equal("one,two", Answer(Ask(_c, "joe", "?")));
        Assert.Equal([("b", "joe")], Started);
    }

    [Fact]
    public void Every_write_carries_the_shard_and_its_epoch()
    {
        Answer(Ask(_a, "joe", "one"));
        Assert.Equal([new ShardFence(ShardOf("joe"), 1)], Journal.Fences);
    }

    [Fact]
    public void A_message_for_a_shard_without_an_owner_waits_for_one()
    {
        Cluster.Give(ShardOf("joe"), null);
        var ask = Ask(_a, "joe", "one");
        RegionOf(_a).Tell("joe:two", null);
        Cluster.AwaitIdle();
        Assert.Equal(2, Counts(_a).Waiting);
        Cluster.Give(ShardOf("joe"), _c);
        Cluster.AwaitIdle();
        Assert.Equal("one", Answer(ask));
        Assert.Equal("one,two", Answer(Ask(_b, "joe", "?")));
        Assert.Equal(0, Counts(_a).Waiting);
        Assert.Equal([("c", "joe")], Started);
    }

    [Fact]
    public async Task What_waits_in_vain_ends_with_its_ask_or_after_a_while()
    {
        Cluster.Give(ShardOf("joe"), null);
        var ask = Ask(_a, "joe", "one", seconds: 2);
        RegionOf(_a).Tell("joe:two", null);
        Cluster.Advance(Seconds(3));
        await Assert.ThrowsAsync<AskTimeoutException>(() => ask.WaitAsync(Cluster.Patience));
        Assert.Equal(1, Counts(_a).Waiting);
        Cluster.Advance(Seconds(3));
        Assert.Equal(0, Counts(_a).Waiting);
        Assert.Equal(1, _a.Sys.DeadLetterCountOf(DeadLetterReason.NoOwner));
    }

    [Fact]
    public void No_more_wait_than_there_is_room_for()
    {
        Cluster.Give(ShardOf("joe"), null);
        for (int i = 0; i < WaitingMessages.MostPerShard + 10; i++)
            RegionOf(_a).Tell("joe:word", null);
        Cluster.AwaitIdle();
        Assert.Equal(WaitingMessages.MostPerShard, Counts(_a).Waiting);
        Assert.Equal(10, _a.Sys.DeadLetterCountOf(DeadLetterReason.BufferFull));
        Assert.Throws<JournalUnavailableException>(() => Answer(Ask(_a, "joe", "?")));
    }

    [Fact]
    public void Who_is_asked_wrongly_says_so_and_the_owner_is_asked()
    {
        _a.IsBlind = true;
        Cluster.Give(ShardOf("joe"), _c);
        var ask = Ask(_a, "joe", "one");
        Cluster.AwaitIdle();
        Assert.Equal(1, Counts(_a).Nacks);
        Assert.False(ask.IsCompleted);
        Assert.True(_a.Refreshes > 0);
        _a.IsBlind = false;
        Cluster.Publish();
        Assert.Equal("one", Answer(ask));
        Assert.Equal([("c", "joe")], Started);
    }

    [Fact]
    public void Who_asks_at_an_epoch_that_is_over_is_told_the_present_one_even_by_its_owner()
    {
        _a.IsBlind = true;
        Cluster.Give(ShardOf("joe"), _c);
        Cluster.Give(ShardOf("joe"), _b);
        var ask = Ask(_a, "joe", "one");
        Cluster.AwaitIdle();
        Assert.Equal(1, Counts(_a).Nacks);
        Assert.Empty(Started);
        _a.IsBlind = false;
        Cluster.Publish();
        Assert.Equal("one", Answer(ask));
    }

    [Fact]
    public void What_was_told_wrongly_is_passed_on_to_the_owner()
    {
        _a.IsBlind = true;
        Cluster.Give(ShardOf("joe"), _c);
        RegionOf(_a).Tell("joe:one", null);
        Cluster.AwaitIdle();
        Assert.Equal("one", Answer(Ask(_b, "joe", "?")));
        Assert.Equal([("c", "joe")], Started);
    }

    [Fact]
    public void One_who_hears_of_a_higher_epoch_looks_before_it_answers()
    {
        _c.IsBlind = true;
        Cluster.Give(ShardOf("joe"), _c);
        var ask = Ask(_a, "joe", "one");
        Cluster.AwaitIdle();
        Assert.Equal(1, Counts(_c).Waiting);
        Assert.True(_c.Refreshes > 0);
        Assert.Empty(Started);
        _c.IsBlind = false;
        Cluster.Publish();
        Assert.Equal("one", Answer(ask));
        Assert.Equal([("c", "joe")], Started);
    }

    [Fact]
    public void A_question_that_got_lost_is_asked_again_after_a_second()
    {
        Cluster.Carries = (_, _) => false;
        var ask = Ask(_a, "joe", "one");
        Cluster.AwaitIdle();
        Cluster.Carries = (_, _) => true;
        Cluster.Advance(Seconds(1));
        Assert.Equal("one", Answer(ask));
        Assert.Equal(1, Counts(_a).Retries);
    }

    [Fact]
    public void Who_does_not_answer_is_asked_less_and_less_often()
    {
        Cluster.Carries = (_, _) => false;
        var ask = Ask(_a, "joe", "one", seconds: 60);
        Cluster.Advance(Seconds(1));
        Assert.Equal(1, Counts(_a).Retries);
        Cluster.Advance(Seconds(2));
        Assert.Equal(2, Counts(_a).Retries);
        Cluster.Advance(Seconds(12));
        Assert.Equal(4, Counts(_a).Retries);
        Cluster.Carries = (_, _) => true;
        Cluster.Cut(_a, _b);
        Cluster.Mend(_a, _b);
        Assert.Equal("one", Answer(ask));
    }

    [Fact]
    public void An_answer_that_got_lost_is_asked_for_again()
    {
        Cluster.Carries = (from, _) => from == _a;
        var ask = Ask(_a, "joe", "one");
        Cluster.AwaitIdle();
        Assert.Single(Journal.EventsOf(new PersistenceId("joe")));
        Cluster.Carries = (_, _) => true;
        Cluster.Advance(Seconds(1));
        Assert.Equal("one", Answer(ask));
        Assert.Single(Journal.EventsOf(new PersistenceId("joe")));
    }

    [Fact]
    public void While_a_link_is_down_a_question_waits_for_it()
    {
        Cluster.Cut(_a, _b);
        var ask = Ask(_a, "joe", "one");
        RegionOf(_a).Tell("joe:two", null);
        Cluster.Advance(Seconds(2.9));
        Assert.False(ask.IsCompleted);
        Assert.Equal(1, _a.Sys.DeadLetterCountOf(DeadLetterReason.Unreachable));
        Cluster.Mend(_a, _b);
        Cluster.AwaitIdle();
        Assert.Equal("one", Answer(ask));
    }

    [Fact]
    public void A_question_may_go_on_from_entity_to_entity_and_is_answered_by_the_last()
    {
        Cluster.Give(ShardOf("ann"), _c);
        Answer(Ask(_a, "ann", "hers"));
        Assert.Equal("hers", Answer(Ask(_a, "joe", ">ann")));
        Assert.Equal(0, Counts(_b).Retries);
    }

    [Fact]
    public void One_that_got_lost_on_the_way_from_entity_to_entity_is_asked_again_from_the_start()
    {
        Cluster.Give(ShardOf("ann"), _c);
        Answer(Ask(_a, "ann", "hers"));
        Cluster.Carries = (from, to) => (from, to) != (_b, _c);
        var ask = Ask(_a, "joe", ">ann");
        Cluster.Advance(Seconds(0.9));
        Assert.False(ask.IsCompleted);
        Cluster.Carries = (_, _) => true;
        Cluster.Advance(Seconds(0.6));
        Assert.Equal("hers", Answer(ask));
        Assert.Equal((1, 0), (Counts(_a).Retries, Counts(_b).Retries));
    }

    [Fact]
    public void When_the_owner_dies_its_questions_go_to_the_next()
    {
        Assert.Equal("one", Answer(Ask(_a, "joe", "one")));
        Cluster.Kill(_b);
        var ask = Ask(_a, "joe", "two");
        Cluster.Advance(Seconds(1.3));
        Assert.False(ask.IsCompleted);
        Cluster.DeclareDown(_b);
        Cluster.AwaitIdle();
        Cluster.Give(ShardOf("joe"), _c);
        Assert.Equal("one,two", Answer(ask));
    }

    [Fact]
    public async Task A_question_whose_time_is_over_is_not_asked_again()
    {
        Cluster.Cut(_a, _b);
        var ask = Ask(_a, "joe", "one", seconds: 1.5);
        Cluster.Advance(Seconds(3));
        await Assert.ThrowsAsync<AskTimeoutException>(() => ask.WaitAsync(Cluster.Patience));
        Cluster.Mend(_a, _b);
        Cluster.Advance(Seconds(3));
        Assert.Empty(Started);
    }
}
