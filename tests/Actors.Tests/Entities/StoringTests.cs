using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Entities;

/// <summary>What is stored, when it is answered, and what a failure comes to.</summary>
public sealed class StoringTests : DiaryTest
{
    [Fact]
    public void The_answer_comes_after_the_event_is_stored_and_never_before()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        Tell(Region, new Diary.Write(Joe, "a"));
        Conference.AwaitIdle();
        Assert.False(Probe.HasMessages);
        Assert.Equal(0, Journal.CountOf(Diary.IdOf(Joe)));
        stored.SetResult();
        Assert.Equal("a", Probe.ExpectMsg<string>());
        Assert.Equal(1, Journal.CountOf(Diary.IdOf(Joe)));
    }

    [Fact]
    public void Commands_wait_for_the_write_that_is_out_and_keep_their_order()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        foreach (string line in (string[])["a", "b", "c"])
            Tell(Region, new Diary.Write(Joe, line));
        Tell(Region, new Diary.Read(Joe));
        Conference.AwaitIdle();
        Assert.False(Probe.HasMessages);
        stored.SetResult();
        Assert.Equal(["a", "a,b", "a,b,c", "a,b,c"], Probe.ReceiveN(4, Support.Conference.Patience).Cast<string>());
    }

    [Fact]
    public void All_that_one_command_stores_is_one_write_each_event_with_its_tag()
    {
        Assert.Equal("a,b,c", Ask<string>(new Diary.Write(Joe, "a", "b", "c")));
        Assert.Equal(1, Journal.Writes);
        Assert.Equal(3, Journal.CountOf(Diary.IdOf(Joe)));
        Assert.Equal(["user", "user", "user"], Journal.Tags);
        Assert.Equal("a,b,c", Ask<string>(new Diary.Write(Joe)));
        Assert.Equal(1, Journal.Writes);
        Assert.Equal(3, Conference.Metric("conference_journal_events_total{store=\"sqlite\"}"));
        Assert.Equal(1, Conference.Metric("conference_journal_append_seconds_count{store=\"sqlite\"}"));
    }

    [Fact]
    public void A_failed_write_is_told_its_asker_and_all_who_wait_behind_it_and_ends_the_entity()
    {
        var diary = Awake(Joe);
        var held = new TaskCompletionSource();
        Journal.Hold = _ => held.Task;
        Journal.FailWrite = _ => new IOException("away");
        ExpectEnd(diary, () =>
        {
            Tell(Region, new Diary.Write(Joe, "a"));
            Tell(Region, new Diary.Write(Joe, "b"));
            Tell(Region, new Diary.Read(Joe));
            Conference.AwaitIdle();
            held.SetResult();
        });
        Assert.All(Probe.ReceiveN(3, Support.Conference.Patience), answer => Assert.IsType<Unavailable>(answer));
        Assert.Equal(0, Journal.CountOf(Diary.IdOf(Joe)));
        Assert.Equal(1, Conference.Metric("conference_journal_failures_total{store=\"sqlite\",reason=\"unavailable\"}"));

        // The next is another: who watched the first has heard of its end.
        (Journal.FailWrite, Journal.Hold) = (null, null);
        Assert.NotEqual(diary.Path.Uid, Awake(Joe).Path.Uid);
        Assert.Equal("c", Ask<string>(new Diary.Write(Joe, "c")));
        Conference.AwaitIdle();
        Assert.False(Probe.HasMessages);
    }

    [Fact]
    public void A_write_of_several_events_that_fails_is_told_once()
    {
        Journal.FailWrite = _ => new IOException("away");
        ExpectEnd(Awake(Joe), () => Tell(Region, new Diary.Write(Joe, "a", "b", "c")));
        Probe.ExpectMsg<Unavailable>();
        Assert.False(Probe.HasMessages);
        Assert.Equal(0, Journal.CountOf(Diary.IdOf(Joe)));
    }

    [Fact]
    public void A_write_whose_outcome_is_unknown_is_found_by_the_next_life()
    {
        Journal.FailAfterWrite = _ => new TimeoutException("no answer");
        ExpectEnd(Awake(Joe), () => Tell(Region, new Diary.Write(Joe, "a")));
        Probe.ExpectMsg<Unavailable>();
        Journal.FailAfterWrite = null;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
        Assert.Equal("a,b", Ask<string>(new Diary.Write(Joe, "b")));
    }

    [Fact]
    public void A_second_writer_ends_the_first_at_its_next_write()
    {
        Assert.Equal("", Ask<string>(new Diary.Read(Joe)));
        Given(Joe, "theirs");
        ExpectEnd(Awake(Joe), () => Tell(Region, new Diary.Write(Joe, "mine")));
        Probe.ExpectMsg<Unavailable>();
        Assert.Equal("theirs", Ask<string>(new Diary.Read(Joe)));
        Assert.Equal(1, Conference.Metric("conference_journal_failures_total{store=\"sqlite\",reason=\"conflict\"}"));
    }

    [Fact]
    public void A_bug_ends_the_entity_for_good_and_the_next_has_what_was_stored()
    {
        Assert.Equal("a", Ask<string>(new Diary.Write(Joe, "a")));
        var diary = Awake(Joe);
        // In place, a restart would keep the reference, and nobody would hear that what it had in memory is gone.
        ExpectEnd(diary, () => Tell(Region, new Diary.Fail(Joe)));
        Probe.ExpectMsg<Unavailable>();
        Assert.NotEqual(diary.Path.Uid, Awake(Joe).Path.Uid);
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void A_bug_behind_the_write_is_told_the_asker_too_and_what_was_stored_stays()
    {
        ExpectEnd(Awake(Joe), () => Tell(Region, new Diary.WriteThenFail(Joe, "a")));
        Probe.ExpectMsg<Unavailable>();
        Assert.False(Probe.HasMessages);
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void Whoever_waits_while_another_command_fails_is_told_so()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        ExpectEnd(Awake(Joe), () =>
        {
            Tell(Region, new Diary.WriteThenFail(Joe, "a"));
            Tell(Region, new Diary.Read(Joe));
            Conference.AwaitIdle();
            stored.SetResult();
        });
        Assert.All(Probe.ReceiveN(2, Support.Conference.Patience), answer => Assert.IsType<Unavailable>(answer));
    }

    [Fact]
    public async Task Every_question_of_a_stream_comes_to_an_end_while_writes_fail_now_and_then_and_nothing_answered_is_lost()
    {
        int write = 0;
        Journal.FailWrite = _ => Interlocked.Increment(ref write) % 7 == 0 ? new IOException("away") : null;
        var asked = Enumerable.Range(0, 300).Select(async i =>
        {
            try
            {
                await Region.AskEntityAsync<string>(new Diary.Write(Joe, $"{i}"), TimeSpan.FromSeconds(30));
                return $"{i}";
            }
            catch (UnavailableException)
            {
                return null;
            }
        });
        string?[] stored = await Task.WhenAll(asked);
        Journal.FailWrite = null;

        string[] lines = Ask<string>(new Diary.Read(Joe)).Split(',');
        Assert.Equal(lines.Distinct().Count(), lines.Length);
        Assert.Subset(lines.ToHashSet(), stored.OfType<string>().ToHashSet());
        Assert.Contains(stored, s => s is not null);
        Assert.Contains(stored, s => s is null);
    }

    [Fact]
    public void Entities_have_nothing_to_do_with_each_other()
    {
        Journal.FailWrite = id => id == Diary.IdOf(Joe) ? new IOException("away") : null;
        Tell(Region, new Diary.Write(Joe, "a"));
        Probe.ExpectMsg<Unavailable>();
        Assert.Equal("b", Ask<string>(new Diary.Write(Name.Parse("other"), "b")));
    }
}
