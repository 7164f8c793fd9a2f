using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class LifecycleTests : ActorTest
{
    [Fact]
    public void A_poison_pill_stops_the_actor_after_what_was_sent_before_it()
    {
        var actor = Start(Echo);
        Probe.Watch(actor);
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        Probe.ExpectMsg(1);
        Probe.ExpectTerminated(actor);
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.DeadLetterCount);
    }

    [Fact]
    public void Kill_fails_the_actor_and_by_default_stops_it()
    {
        var actor = Start(Echo);
        Probe.Watch(actor);
        actor.Tell(Kill.Instance);
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task A_graceful_stop_completes_when_the_actor_has_stopped()
    {
        var stopped = false;
        var actor = Sys.ActorOf(Fun(() => new FunActor { OnPostStop = () => stopped = true }));
        Assert.True(await actor.GracefulStop(Seconds(5)));
        Assert.True(stopped);
        Assert.True(await actor.GracefulStop(Seconds(5)));
    }

    [Fact]
    public async Task A_graceful_stop_gives_up_at_its_deadline()
    {
        var actor = Start(Echo);
        var stop = actor.GracefulStop(Seconds(5), "not a stop message");
        Probe.ExpectMsg("not a stop message");
        Kit.Advance(Seconds(5));
        Assert.False(await stop);
    }

    [Fact]
    public void Context_stop_ends_the_actor_after_the_current_message()
    {
        var actor = Start((self, _) =>
        {
            self.Context.Stop(self.Self);
            Probe.Ref.Tell("still in this message");
        });
        Probe.Watch(actor);
        actor.Tell("go");
        Probe.ExpectMsg("still in this message");
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Terminating_the_system_stops_children_before_their_parents()
    {
        await using var kit = new TestKit.TestKit();
        var stopped = new List<string>();
        Props Node(string name, int depth) => Fun(() => new FunActor
        {
            OnPreStart = self =>
            {
                if (depth > 0)
                    self.Context.ActorOf(Node(name + "/child", depth - 1), "child");
            },
            OnPostStop = () =>
            {
                lock (stopped)
                    stopped.Add(name);
            },
        });
        kit.Sys.ActorOf(Node("a", 2));
        kit.Sys.ActorOf(Node("b", 1));
        kit.AwaitIdle();
        await kit.Sys.TerminateAsync();
        Assert.Equal(["a/child/child", "a/child", "a"], stopped.Where(name => name[0] == 'a'));
        Assert.Equal(["b/child", "b"], stopped.Where(name => name[0] == 'b'));
        Assert.True(kit.Sys.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Nothing_can_be_started_in_a_terminated_system()
    {
        await Sys.TerminateAsync();
        Assert.Throws<InvalidOperationException>(() => Start(Echo));
    }

    [Fact]
    public void An_exception_in_PostStop_does_not_break_the_stop_of_others()
    {
        var parent = Sys.ActorOf(Fun(() => new FunActor
        {
            OnPreStart = self =>
            {
                for (var i = 0; i < 3; i++)
                    self.Context.ActorOf(Fun(() => new FunActor { OnPostStop = () => throw new InvalidOperationException() }));
            },
            OnPostStop = () => throw new InvalidOperationException(),
        }));
        Probe.Watch(parent);
        Kit.AwaitIdle();
        Sys.Stop(parent);
        Probe.ExpectTerminated(parent);
        Assert.Equal(0, Sys.Statistics.LiveActors);
    }

    [Fact]
    public void Actors_are_counted_by_type_while_they_live()
    {
        var actors = Enumerable.Range(0, 100).Select(_ => Sys.ActorOf(Props.Create(() => new FunActor()))).ToList();
        Assert.Equal(100, Sys.Statistics.ActorsByType["FunActor"]);
        Assert.Equal(100, Sys.Statistics.LiveActors);
        actors.ForEach(Sys.Stop);
        Kit.AwaitIdle();
        Assert.Empty(Sys.Statistics.ActorsByType);
    }

    [Fact]
    public void A_name_is_taken_until_its_actor_has_stopped()
    {
        var first = Start(Echo, "name");
        Assert.Throws<InvalidActorNameException>(() => Start(Echo, "name"));
        Sys.Stop(first);
        Kit.AwaitIdle();
        Assert.Equal("/user/name", Start(Echo, "name").Path.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("$a")]
    [InlineData("a\n")]
    public void A_name_must_be_a_path_element(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Start(Echo, name));

    [Fact]
    public void Props_find_the_constructor_of_their_arguments()
    {
        Sys.ActorOf(Props.Create<Greeter>(Probe.Ref, "hello"));
        Probe.ExpectMsg("hello");
        Assert.Throws<ArgumentException>(() => Props.Create<Greeter>(1));
    }

    [Fact]
    public void An_actor_cannot_be_constructed_outside_of_ActorOf() =>
        Assert.Throws<ActorInitializationException>(() => new FunActor());

    private sealed class Greeter : UntypedActor
    {
        public Greeter(IActorRef receiver, string greeting) => receiver.Tell(greeting);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
