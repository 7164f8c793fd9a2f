using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class TimerTests : ActorTest
{
    [Fact]
    public void A_single_timer_fires_once_at_its_time()
    {
        var actor = Timing();
        actor.Tell("single");
        Kit.Advance(Seconds(0.999));
        Probe.ExpectNoMsg();
        Kit.Advance(Seconds(0.001));
        Probe.ExpectMsg("tick False");
        Kit.Advance(Seconds(10));
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void A_periodic_timer_fires_until_it_is_cancelled()
    {
        var actor = Timing();
        actor.Tell("periodic");
        Kit.Advance(Seconds(3.5));
        Assert.Equal(["tick True", "tick True", "tick True"], Probe.ReceiveN(3).Cast<string>());
        actor.Tell("cancel");
        Kit.Advance(Seconds(10));
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void A_cancelled_timers_message_is_not_delivered_even_when_it_is_queued_already()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Timing(gate);
        actor.Tell("single");
        Kit.AwaitIdle();
        actor.Tell("block");
        Probe.ExpectMsg("blocked");
        actor.Tell("cancel");
        Kit.Time.Advance(Seconds(1));
        gate.Set();
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void A_replaced_timers_message_is_not_delivered_even_when_it_is_queued_already()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Timing(gate);
        actor.Tell("single");
        Kit.AwaitIdle();
        actor.Tell("block");
        Probe.ExpectMsg("blocked");
        actor.Tell("single");
        Kit.Time.Advance(Seconds(1));
        gate.Set();
        Probe.ExpectNoMsg();
        Kit.Advance(Seconds(1));
        Probe.ExpectMsg("tick False");
    }

    [Fact]
    public void Timers_end_with_a_restart()
    {
        var actor = Timing();
        actor.Tell("periodic");
        Kit.AwaitIdle();
        actor.Tell("fail");
        Kit.Advance(Seconds(10));
        Probe.ExpectNoMsg();
        Assert.Equal(1, Sys.Statistics.Restarts);
    }

    [Fact]
    public void Timers_end_with_the_actor_and_leave_no_dead_letters()
    {
        var actor = Timing();
        actor.Tell("periodic");
        Kit.AwaitIdle();
        Sys.Stop(actor);
        Kit.Advance(Seconds(10));
        Assert.Equal(0, Sys.DeadLetterCount);
    }

    [Fact]
    public void Timers_can_be_started_in_the_constructor()
    {
        Sys.ActorOf(Props.Create(() => new Early(Probe.Ref)));
        Kit.Advance(Seconds(1));
        Probe.ExpectMsg("early");
    }

    [Fact]
    public void A_receive_timeout_comes_when_nothing_was_received_for_that_long_and_repeats()
    {
        var actor = Sys.ActorOf(Fun(() => new FunActor
        {
            OnPreStart = self => self.Context.SetReceiveTimeout(Seconds(10)),
            OnMessage = (self, message) =>
            {
                if (message is "off")
                    self.Context.SetReceiveTimeout(null);
                else if (message is ReceiveTimeout)
                    Probe.Ref.Tell(message);
            },
        }));
        Kit.Advance(Seconds(9));
        actor.Tell("keeps it awake");
        Kit.Advance(Seconds(9));
        Probe.ExpectNoMsg();
        Kit.Advance(Seconds(1));
        Probe.ExpectMsg<ReceiveTimeout>();
        Kit.Advance(Seconds(10));
        Probe.ExpectMsg<ReceiveTimeout>();
        actor.Tell("off");
        Kit.Advance(Seconds(100));
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void The_scheduler_tells_once_or_repeatedly_until_it_is_cancelled()
    {
        Sys.Scheduler.ScheduleTellOnce(Seconds(1), Probe.Ref, "once", ActorRefs.NoSender);
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(Seconds(2), Seconds(1), Probe.Ref, "again", ActorRefs.NoSender);
        Kit.Advance(Seconds(3));
        Assert.Equal(["once", "again", "again"], Probe.ReceiveN(3).Cast<string>());
        repeated.Cancel();
        Assert.True(repeated.IsCancellationRequested);
        Kit.Advance(Seconds(10));
        Probe.ExpectNoMsg();
    }

    private IActorRef Timing(ManualResetEventSlim? gate = null) => Start((self, message) =>
    {
        switch (message)
        {
            case "single":
                self.Timers.StartSingleTimer("key", "tick", Seconds(1));
                break;
            case "periodic":
                self.Timers.StartPeriodicTimer("key", "tick", Seconds(1));
                break;
            case "cancel":
                self.Timers.Cancel("key");
                break;
            case "fail":
                throw new InvalidOperationException();
            case "block":
                Probe.Ref.Tell("blocked");
                Wait(gate!);
                break;
            case "tick":
                Probe.Ref.Tell($"tick {self.Timers.IsTimerActive("key")}");
                break;
        }
    });

    private sealed class Early : ReceiveActor, IWithTimers
    {
        public Early(IActorRef probe)
        {
            Timers.StartSingleTimer("key", "early", Seconds(1));
            ReceiveAny(probe.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
