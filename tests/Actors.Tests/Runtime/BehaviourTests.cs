using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class BehaviourTests : ActorTest
{
    private interface IShape;

    [Fact]
    public void Handlers_are_tried_in_the_order_of_their_declaration()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Dispatcher(Probe.Ref)));
        object[] messages = [1, -1, "text", new Circle(), 'c', 7.0];
        foreach (var message in messages)
            actor.Tell(message);
        Assert.Equal(["positive", "int", "string", "shape", "async", "any"], Probe.ReceiveN(6).Cast<string>());
    }

    [Fact]
    public void What_nothing_handles_is_counted_as_unhandled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switch(Probe.Ref)));
        actor.Tell(1);
        actor.Tell("x");
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.Statistics.Unhandled);
    }

    [Fact]
    public void Become_replaces_and_BecomeStacked_goes_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switch(Probe.Ref)));
        foreach (var message in new[] { "x", "push", "x", "pop", "x", "replace", "x", "push", "x", "pop", "x" })
            actor.Tell(message);
        Assert.Equal(
            ["first x", "stacked x", "first x", "second x", "stacked x", "second x"], Probe.ReceiveN(6).Cast<string>());
    }

    [Fact]
    public void A_restart_goes_back_to_the_first_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switch(Probe.Ref)));
        foreach (var message in new[] { "replace", "x", "fail", "x" })
            actor.Tell(message);
        Assert.Equal(["second x", "first x"], Probe.ReceiveN(2).Cast<string>());
    }

    [Fact]
    public void Handlers_cannot_be_declared_while_a_message_is_handled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Late()));
        actor.Tell("declare");
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.Statistics.Restarts);
    }

    [Fact]
    public void Stashed_messages_come_back_in_order_before_the_mailbox()
    {
        var actor = Stashing();
        foreach (var message in new object[] { 1, 2, 3, "open", 4 })
            actor.Tell(message);
        Assert.Equal([1, 2, 3, 4], Probe.ReceiveN(4).Cast<int>());
    }

    [Fact]
    public void Unstash_brings_back_the_oldest_only()
    {
        var actor = Stashing();
        foreach (var message in new object[] { 1, 2, "one" })
            actor.Tell(message);
        Probe.ExpectMsg(1);
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void Stashed_messages_keep_their_sender()
    {
        var second = Kit.CreateTestProbe();
        var actor = Stashing();
        Probe.Send(actor, "who");
        second.Send(actor, "open");
        Probe.ExpectMsg("you");
    }

    [Fact]
    public void A_full_stash_makes_dead_letters_and_counts_them()
    {
        var actor = Stashing(capacity: 2);
        foreach (var message in new object[] { 1, 2, 3, "open" })
            actor.Tell(message);
        Assert.Equal([1, 2], Probe.ReceiveN(2).Cast<int>());
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.StashFull));
    }

    [Fact]
    public void A_restart_gives_the_stash_back_and_a_stop_makes_it_dead_letters()
    {
        var actor = Stashing();
        actor.Tell(1);
        actor.Tell("fail");
        actor.Tell("open");
        Probe.ExpectMsg(1);
        var stopped = Stashing();
        stopped.Tell(1);
        stopped.Tell(PoisonPill.Instance);
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.Stopped));
    }

    private IActorRef Stashing(int capacity = 100)
    {
        var open = false;
        return Sys.ActorOf(On((self, message) =>
        {
            switch (message)
            {
                case "open":
                    open = true;
                    self.Stash.UnstashAll();
                    break;
                case "one":
                    open = true;
                    self.Stash.Unstash();
                    break;
                case "fail":
                    throw new InvalidOperationException();
                case not null when !open:
                    self.Stash.Stash();
                    break;
                case "who":
                    self.Sender.Tell("you");
                    break;
                default:
                    Probe.Ref.Tell(message!);
                    break;
            }
        }).WithStash(capacity));
    }

    private sealed record Circle : IShape;

    private sealed class Dispatcher : ReceiveActor
    {
        public Dispatcher(IActorRef probe)
        {
            Receive<int>(number => number > 0, _ => probe.Tell("positive"));
            Receive<int>(_ => probe.Tell("int"));
            Receive<string>(_ => probe.Tell("string"));
            Receive<IShape>(_ => probe.Tell("shape"));
            ReceiveAsync<char>(async _ =>
            {
                await Task.Yield();
                probe.Tell("async");
            });
            ReceiveAny(_ => probe.Tell("any"));
        }
    }

    private sealed class Switch : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Switch(IActorRef probe)
        {
            _probe = probe;
            Named("first");
        }

        private void Named(string name)
        {
            Receive<string>(text => text == "x", _ => _probe.Tell(name + " x"));
            Receive<string>(text => text == "push", _ => BecomeStacked(() => Named("stacked")));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
            Receive<string>(text => text == "replace", _ => Become(() => Named("second")));
            Receive<string>(text => text == "fail", Action);
        }

        private static void Action(string _) => throw new InvalidOperationException();
    }

    private sealed class Late : ReceiveActor
    {
        public Late() => ReceiveAny(_ => Receive<int>(Ignore));

        private static void Ignore(int _)
        {
        }
    }
}
