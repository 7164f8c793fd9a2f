using Conference.Actors.Persistence;
using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Persistence;

public sealed class PersistFailureTests : PersistenceTest
{
    [Fact]
    public void A_failed_write_answers_the_command_and_those_behind_it_and_stops_the_actor()
    {
        Journal.FailWrite = _ => new JournalUnavailableException("away");
        var held = new TaskCompletionSource();
        Journal.Hold = _ => held.Task;
        var actor = Start();
        Probe.Watch(actor);
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.Send(actor, new Recorder.Add("b"));
        Probe.Send(actor, new Recorder.Get());
        Kit.AwaitIdle();
        held.SetResult();
        for (int i = 0; i < 3; i++)
            Assert.Equal("away", ExpectFailure<JournalUnavailableException>().Message);
        Probe.ExpectTerminated(actor);
        Assert.Empty(Journal.EventsOf(Joe));
    }

    [Fact]
    public void A_write_whose_outcome_is_unknown_is_found_by_the_next_incarnation()
    {
        Journal.FailAfterWrite = _ => new TimeoutException("no answer");
        var actor = Start();
        Probe.Watch(actor);
        Probe.Send(actor, new Recorder.Add("a"));
        Assert.True(ExpectFailure<JournalUnavailableException>().OutcomeUnknown);
        Probe.ExpectTerminated(actor);
        Journal.FailAfterWrite = null;
        actor = Start();
        Assert.Equal("a", StateOf(actor));
        Probe.Send(actor, new Recorder.Add("b"));
        Probe.ExpectMsg("2:b");
    }

    [Fact]
    public void A_write_that_gets_no_answer_fails_at_its_deadline()
    {
        Journal.Hold = _ => new TaskCompletionSource().Task;
        var actor = Start();
        Probe.Watch(actor);
        Probe.Send(actor, new Recorder.Add("a"));
        Kit.Advance(Seconds(2.9));
        Probe.ExpectNoMsg();
        Kit.Advance(Seconds(0.1));
        Assert.True(ExpectFailure<JournalUnavailableException>().OutcomeUnknown);
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public void A_second_writer_stops_the_first_at_its_next_write()
    {
        var first = Start();
        Assert.Equal("", StateOf(first));
        Given("theirs");
        Probe.Watch(first);
        Probe.Send(first, new Recorder.Add("mine"));
        ExpectFailure<JournalConflictException>();
        Probe.ExpectTerminated(first);
        Assert.Equal("theirs", StateOf(Start()));
    }

    [Fact]
    public void A_bug_in_a_command_restarts_the_actor_with_the_events_it_had_stored()
    {
        var actor = Start();
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.ExpectMsg("1:a");
        actor.Tell(new InvalidOperationException("a bug"));
        Assert.Equal("a", StateOf(actor));
    }
}
