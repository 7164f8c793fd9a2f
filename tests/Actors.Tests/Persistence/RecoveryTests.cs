using Conference.Actors.Persistence;
using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Persistence;

public sealed class RecoveryTests : PersistenceTest
{
    [Fact]
    public void Commands_wait_for_recovery_and_keep_their_order()
    {
        Given("a");
        var held = new TaskCompletionSource();
        Journal.HoldReplay = _ => held.Task;
        var actor = Start();
        Probe.Send(actor, new Recorder.Add("b"));
        Probe.Send(actor, new Recorder.Get());
        Probe.ExpectNoMsg();
        held.SetResult();
        Assert.Equal(["2:b", "a,b"], Probe.ReceiveN(2).Cast<string>());
    }

    [Fact]
    public void A_snapshot_and_the_events_after_it_are_recovered()
    {
        var actor = Start(recorder => recorder.Saved = Probe.Ref.Tell);
        actor.Tell(new Recorder.Add("a", "b"));
        actor.Tell(new Recorder.Save());
        Assert.Equal(2, Probe.ExpectMsg<SaveSnapshotSuccess>().Metadata.SequenceNr);
        actor.Tell(new Recorder.Add("c"));
        Kit.AwaitIdle();
        Stop(actor);
        actor = Start();
        Assert.Equal("a,b,c", StateOf(actor));
        Probe.Send(actor, new Recorder.Where());
        Probe.ExpectMsg((3L, 2L, false));
    }

    [Fact]
    public void An_unreadable_snapshot_is_passed_over_for_an_older_one_or_none()
    {
        var actor = Start();
        foreach (string text in (string[])["a", "b", "c"])
        {
            actor.Tell(new Recorder.Add(text));
            actor.Tell(new Recorder.Save());
        }
        Kit.AwaitIdle();
        Stop(actor);
        Assert.Equal([2, 3], Journal.SnapshotsOf(Joe));
        Journal.OverwriteSnapshot(Joe, 3, "!"u8.ToArray());
        actor = Start();
        Assert.Equal("a,b,c", StateOf(actor));
        Stop(actor);
        Journal.OverwriteSnapshot(Joe, 2, "?"u8.ToArray());
        Assert.Equal("a,b,c", StateOf(Start()));
    }

    [Fact]
    public void What_recovery_completed_persists_is_stored_before_the_first_command()
    {
        Given("a");
        var actor = Start(recorder => recorder.OnRecovered = self => self.PersistNow("closed"));
        Assert.Equal("a,closed", StateOf(actor));
        Assert.Equal(2, Journal.EventsOf(Joe).Count);
    }

    [Fact]
    public void While_the_store_is_away_every_command_is_answered_at_once_and_it_comes_back_by_itself()
    {
        Given("a");
        Journal.Failure = new JournalUnavailableException("away");
        var actor = Start();
        Probe.Watch(actor);
        for (int i = 0; i < 3; i++)
        {
            Probe.Send(actor, new Recorder.Get());
            ExpectFailure<JournalUnavailableException>();
        }
        Kit.Advance(Seconds(1));
        Probe.ExpectTerminated(actor);
        Journal.Failure = null;
        Assert.Equal("a", StateOf(Start()));
    }

    [Fact]
    public void A_recovery_that_gets_no_answer_fails_at_its_deadline()
    {
        Journal.HoldReplay = _ => new TaskCompletionSource().Task;
        var actor = Start();
        Probe.Send(actor, new Recorder.Get());
        Kit.Advance(Seconds(3.9));
        Probe.ExpectNoMsg();
        Kit.Advance(Seconds(0.1));
        ExpectFailure<JournalUnavailableException>();
    }

    [Fact]
    public void A_damaged_event_is_named_and_the_entity_refuses()
    {
        Given("a", "b", "c");
        Journal.Overwrite(Joe, 2, "!"u8.ToArray());
        var actor = Start();
        for (int i = 0; i < 2; i++)
        {
            Probe.Send(actor, new Recorder.Get());
            var corrupt = ExpectFailure<JournalCorruptException>();
            Assert.Equal((Joe, 2), (corrupt.PersistenceId, corrupt.SequenceNr));
        }
        Assert.Equal(3, Journal.EventsOf(Joe).Count);
    }

    [Fact]
    public void An_event_of_a_newer_version_is_refused_in_words()
    {
        Given("a", "b");
        Journal.Overwrite(Joe, 2, "?"u8.ToArray());
        Probe.Send(Start(), new Recorder.Add("c"));
        var tooNew = ExpectFailure<JournalTooNewException>();
        Assert.Equal((Joe, 2), (tooNew.PersistenceId, tooNew.SequenceNr));
        Assert.Contains("a newer version wrote it", tooNew.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_without_a_journal_says_so()
    {
        var other = ActorSystem.Create("bare");
        var exception = Assert.Throws<InvalidOperationException>(() => PersistenceExtension.Get(other));
        Assert.Contains("PersistenceExtension.Configure", exception.Message, StringComparison.Ordinal);
    }
}
