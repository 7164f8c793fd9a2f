using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Persistence;

public sealed class PersistTests : PersistenceTest
{
    [Fact]
    public void The_answer_comes_after_the_event_is_stored_and_never_before()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        var actor = Start();
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.ExpectNoMsg();
        Assert.Empty(Journal.EventsOf(Joe));
        stored.SetResult();
        Probe.ExpectMsg("1:a");
        Assert.Single(Journal.EventsOf(Joe));
    }

    [Fact]
    public void Commands_wait_for_the_write_that_is_out_and_keep_their_order()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        var actor = Start();
        foreach (string text in (string[])["a", "b", "c"])
            Probe.Send(actor, new Recorder.Add(text));
        Probe.Send(actor, new Recorder.Get());
        Probe.ExpectNoMsg();
        stored.SetResult();
        Assert.Equal(["1:a", "2:b", "3:c", "a,b,c"], Probe.ReceiveN(4).Cast<string>());
    }

    [Fact]
    public void All_that_one_command_persists_is_one_write()
    {
        var actor = Start();
        Probe.Send(actor, new Recorder.Add("a", "b", "c"));
        Assert.Equal(["1:a", "2:b", "3:c"], Probe.ReceiveN(3).Cast<string>());
        Probe.Send(actor, new Recorder.AddAll("d", "e"));
        Assert.Equal(["4:d", "5:e"], Probe.ReceiveN(2).Cast<string>());
        Assert.Equal(2, Journal.Writes);
    }

    [Fact]
    public void What_a_handler_persists_is_stored_before_the_next_command()
    {
        var actor = Start();
        Probe.Send(actor, new Recorder.Nested("a"));
        Probe.Send(actor, new Recorder.Add("b"));
        Assert.Equal(["1:a", "2:a'", "3:b"], Probe.ReceiveN(3).Cast<string>());
        Stop(actor);
        Assert.Equal("a,a',b", StateOf(Start()));
    }

    [Fact]
    public void A_deferred_handler_runs_after_what_was_persisted_before_it()
    {
        var actor = Start();
        Probe.Send(actor, new Recorder.Later("a"));
        Assert.Equal(["1:a", "deferred"], Probe.ReceiveN(2).Cast<string>());
        Assert.Single(Journal.EventsOf(Joe));
    }

    [Fact]
    public void What_an_asynchronous_command_persists_is_stored_when_it_ends()
    {
        var release = new TaskCompletionSource();
        var actor = Start();
        Probe.Send(actor, new Recorder.AddAfter(release.Task, "a"));
        Probe.Send(actor, new Recorder.Add("b"));
        Probe.ExpectNoMsg();
        release.SetResult();
        Assert.Equal(["1:a", "2:b"], Probe.ReceiveN(2).Cast<string>());
    }

    [Fact]
    public void An_actor_that_fails_is_recovered_before_the_next_command()
    {
        var actor = Start(recorder => recorder.OnRecovered = _ => Probe.Ref.Tell("recovered"));
        Probe.ExpectMsg("recovered");
        actor.Tell(new InvalidOperationException("a bug"));
        Probe.ExpectMsg("recovered");
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.ExpectMsg("1:a");
    }

    [Fact]
    public void A_stop_waits_for_the_outcome_of_the_write_that_is_out()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        var actor = Start();
        Probe.Watch(actor);
        Probe.Send(actor, new Recorder.Add("a"));
        Kit.AwaitIdle();
        Sys.Stop(actor);
        Probe.ExpectNoMsg();
        stored.SetResult();
        Probe.ExpectMsg("1:a");
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public void Become_replaces_commands_and_not_recovery()
    {
        var actor = Start();
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.ExpectMsg("1:a");
        actor.Tell(new Recorder.Switch());
        Assert.Equal("switched", StateOf(actor));
        Stop(actor);
        Assert.Equal("a", StateOf(Start()));
    }

    [Fact]
    public void The_fence_goes_with_every_write()
    {
        var fence = new ShardFence(new ShardId(3), 7);
        var actor = Start(recorder => recorder.FenceToUse = fence);
        Probe.Send(actor, new Recorder.Add("a"));
        Probe.ExpectMsg("1:a");
        Assert.Equal([fence], Journal.Fences);
    }
}
