using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class SupervisionTests : ActorTest
{
    private static readonly InvalidOperationException Boom = new("boom");

    [Fact]
    public void Resume_keeps_the_state_and_goes_on_with_the_next_message()
    {
        var child = Supervised(new OneForOneStrategy(_ => Directive.Resume), Counter());
        child.Tell("count");
        child.Tell(Boom);
        child.Tell("count");
        Assert.Equal([1, 2], Probe.ReceiveN(2).Cast<int>());
        Assert.Equal(0, Sys.Statistics.Restarts);
    }

    [Fact]
    public void Restart_makes_a_new_instance_behind_the_same_reference()
    {
        var child = Supervised(new OneForOneStrategy(_ => Directive.Restart), Counter());
        child.Tell("count");
        child.Tell(Boom);
        child.Tell("count");
        Assert.Equal([1, 1], Probe.ReceiveN(2).Cast<int>());
        Assert.Equal(1, Sys.Statistics.Restarts);
    }

    [Fact]
    public void Stop_stops_the_child_and_its_waiting_messages_are_dead_letters()
    {
        var child = Supervised(new OneForOneStrategy(_ => Directive.Stop), On((self, message) =>
        {
            if (message is Exception exception)
            {
                self.Self.Tell("behind");
                throw exception;
            }
        }));
        Probe.Watch(child);
        child.Tell(Boom);
        Probe.ExpectTerminated(child);
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.Stopped));
    }

    [Fact]
    public void Escalate_fails_the_parent_with_the_same_exception()
    {
        Exception? seen = null;
        var top = Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = new OneForOneStrategy(exception =>
            {
                seen = exception;
                return Directive.Restart;
            }),
            OnPreStart = self => self.Context.ActorOf(Fun(() => new FunActor
            {
                Strategy = new OneForOneStrategy(_ => Directive.Escalate),
                OnPreStart = middle => Probe.Ref.Tell(middle.Context.ActorOf(On(Echo), "leaf")),
            }), "middle"),
        }));
        var leaf = Probe.ExpectMsg<IActorRef>();
        Probe.Watch(leaf);
        leaf.Tell(Boom);
        var messages = Probe.ReceiveN(2);
        Assert.Contains(messages, message => message is Terminated);
        Assert.Contains(messages, message => message is IActorRef second && second.Path.Equals(leaf.Path));
        Assert.Same(Boom, seen);
        Probe.Watch(top);
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void An_escalated_failure_that_is_resumed_lets_parent_and_child_go_on()
    {
        Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = new OneForOneStrategy(_ => Directive.Resume),
            OnPreStart = self => self.Context.ActorOf(Fun(() => new FunActor
            {
                Strategy = new OneForOneStrategy(_ => Directive.Escalate),
                OnPreStart = middle => Probe.Ref.Tell(middle.Context.ActorOf(On(Echo))),
            })),
        }));
        var leaf = Probe.ExpectMsg<IActorRef>();
        leaf.Tell(Boom);
        leaf.Tell("still here");
        Probe.ExpectMsg("still here");
    }

    [Fact]
    public void All_for_one_restarts_the_siblings_too()
    {
        Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = new AllForOneStrategy(_ => Directive.Restart),
            OnPreStart = self =>
            {
                Probe.Ref.Tell(self.Context.ActorOf(Counter(), "a"));
                Probe.Ref.Tell(self.Context.ActorOf(Counter(), "b"));
            },
        }));
        var children = Probe.ReceiveN(2).Cast<IActorRef>().ToList();
        foreach (var child in children)
            child.Tell("count");
        Probe.ReceiveN(2);
        children[0].Tell(Boom);
        Kit.AwaitIdle();
        foreach (var child in children)
            child.Tell("count");
        Assert.Equal([1, 1], Probe.ReceiveN(2).Cast<int>());
        Assert.Equal(2, Sys.Statistics.Restarts);
    }

    [Fact]
    public void All_for_one_stops_the_siblings_too()
    {
        Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = new AllForOneStrategy(_ => Directive.Stop),
            OnPreStart = self =>
            {
                Probe.Ref.Tell(self.Context.ActorOf(On(Echo)));
                Probe.Ref.Tell(self.Context.ActorOf(On(Echo)));
            },
        }));
        var children = Probe.ReceiveN(2).Cast<IActorRef>().ToList();
        children.ForEach(Probe.Watch);
        children[1].Tell(Boom);
        Assert.Equal(children.ToHashSet(), Probe.ReceiveN(2).Cast<Terminated>().Select(t => t.ActorRef).ToHashSet());
    }

    [Fact]
    public void By_default_the_eleventh_failure_within_a_minute_stops_the_actor()
    {
        var actor = Start(Echo);
        Probe.Watch(actor);
        for (var i = 0; i < 10; i++)
            actor.Tell(Boom);
        Probe.ExpectNoMsg();
        actor.Tell(Boom);
        Probe.ExpectTerminated(actor);
        Assert.Equal(10, Sys.Statistics.Restarts);
    }

    [Fact]
    public void Restarts_are_counted_anew_once_the_window_has_passed()
    {
        var actor = Start(Echo);
        Probe.Watch(actor);
        for (var i = 0; i < 10; i++)
            actor.Tell(Boom);
        Kit.Advance(Seconds(61));
        for (var i = 0; i < 10; i++)
            actor.Tell(Boom);
        Probe.ExpectNoMsg();
        Assert.Equal(20, Sys.Statistics.Restarts);
    }

    [Fact]
    public void The_mailbox_survives_a_restart_and_the_failing_message_is_not_redelivered()
    {
        var actor = Start((self, message) =>
        {
            if (message is "go")
                for (var i = 0; i < 5; i++)
                    self.Self.Tell(i);
            else if (message is 2)
                throw Boom;
            else
                Probe.Ref.Tell(message);
        });
        actor.Tell("go");
        Assert.Equal([0, 1, 3, 4], Probe.ReceiveN(4).Cast<int>());
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void A_restart_calls_the_hooks_in_order_with_reason_and_message()
    {
        var incarnation = 0;
        var actor = Sys.ActorOf(Fun(() =>
        {
            var number = ++incarnation;
            return new FunActor
            {
                OnPreStart = _ => Probe.Ref.Tell($"PreStart {number}"),
                OnPostStop = () => Probe.Ref.Tell($"PostStop {number}"),
                OnPreRestart = (reason, message) => Probe.Ref.Tell($"PreRestart {number} {reason.Message} {message == reason}"),
                OnPostRestart = reason => Probe.Ref.Tell($"PostRestart {number} {reason.Message}"),
                OnMessage = Echo,
            };
        }));
        actor.Tell(Boom);
        Assert.Equal(
            ["PreStart 1", "PreRestart 1 boom True", "PostStop 1", "PostRestart 2 boom", "PreStart 2"],
            Probe.ReceiveN(5).Cast<string>());
    }

    [Fact]
    public void A_failing_constructor_stops_the_actor()
    {
        var actor = Sys.ActorOf(Fun(() => throw Boom));
        Probe.Watch(actor);
        Probe.ExpectTerminated(actor);
        Assert.Equal(0, Sys.Statistics.Restarts);
    }

    [Fact]
    public void A_failing_PreStart_stops_the_actor_and_its_cause_reaches_the_decider()
    {
        Exception? seen = null;
        var child = Supervised(new OneForOneStrategy(exception =>
        {
            seen = exception;
            return SupervisorStrategy.DefaultDecider(exception);
        }), Fun(() => new FunActor { OnPreStart = _ => throw Boom }));
        Probe.Watch(child);
        Probe.ExpectTerminated(child);
        Assert.Same(Boom, Assert.IsType<ActorInitializationException>(seen).InnerException);
    }

    [Fact]
    public void A_new_incarnation_that_cannot_start_stops_the_actor()
    {
        var started = 0;
        var actor = Sys.ActorOf(Fun(() => started++ == 0 ? new FunActor { OnMessage = Echo } : throw Boom));
        Probe.Watch(actor);
        actor.Tell(Boom);
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public void A_restart_stops_the_children_first_so_that_their_names_are_free()
    {
        var actor = Sys.ActorOf(Fun(() => new FunActor
        {
            OnPreStart = self => Probe.Ref.Tell(self.Context.ActorOf(On(Echo), "child")),
            OnMessage = Echo,
        }));
        var first = Probe.ExpectMsg<IActorRef>();
        actor.Tell(Boom);
        var second = Probe.ExpectMsg<IActorRef>();
        Assert.NotSame(first, second);
        Assert.Equal(first.Path, second.Path);
        second.Tell("alive");
        Probe.ExpectMsg("alive");
    }

    [Fact]
    public void Children_that_PreRestart_keeps_are_restarted_with_their_parent()
    {
        var actor = Sys.ActorOf(Fun(() => new FunActor
        {
            KeepsChildren = true,
            OnPreStart = self =>
            {
                if (self.Context.GetChildren().Count == 0)
                    Probe.Ref.Tell(self.Context.ActorOf(Counter(), "child"));
            },
            OnMessage = Echo,
        }));
        var child = Probe.ExpectMsg<IActorRef>();
        child.Tell("count");
        Probe.ExpectMsg(1);
        actor.Tell(Boom);
        Kit.AwaitIdle();
        child.Tell("count");
        Probe.ExpectMsg(1);
    }

    [Fact]
    public void Props_go_before_the_strategy_of_the_actor_itself()
    {
        var parent = Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = new OneForOneStrategy(_ => Directive.Restart),
            OnPreStart = self => Probe.Ref.Tell(self.Context.ActorOf(On(Echo))),
        }).WithSupervisorStrategy(SupervisorStrategy.Stopping));
        var child = Probe.ExpectMsg<IActorRef>();
        Probe.Watch(child);
        child.Tell(Boom);
        Probe.ExpectTerminated(child);
        Assert.False(parent.IsNobody());
    }

    private Props Counter() => Fun(() =>
    {
        var count = 0;
        return new FunActor
        {
            OnMessage = (_, message) =>
            {
                if (message is Exception exception)
                    throw exception;
                Probe.Ref.Tell(++count);
            },
        };
    });

    private IActorRef Supervised(SupervisorStrategy strategy, Props child)
    {
        Sys.ActorOf(Fun(() => new FunActor
        {
            Strategy = strategy,
            OnPreStart = self => Probe.Ref.Tell(self.Context.ActorOf(child)),
        }));
        return Probe.ExpectMsg<IActorRef>();
    }
}
