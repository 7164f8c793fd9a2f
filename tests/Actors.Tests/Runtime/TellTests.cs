using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class TellTests : ActorTest
{
    [Fact]
    public void Messages_of_one_sender_arrive_in_order()
    {
        var actor = Start(Echo);
        for (var i = 0; i < 10_000; i++)
            actor.Tell(i);
        Assert.Equal(Enumerable.Range(0, 10_000), Probe.ReceiveN(10_000).Cast<int>());
    }

    [Fact]
    public async Task Eight_concurrent_senders_lose_no_message_and_no_wake_up()
    {
        const int senders = 8, each = 50_000;
        var last = new int[senders];
        var received = 0;
        var disordered = false;
        var actor = Start((_, message) =>
        {
            var (sender, number) = ((int, int))message;
            disordered |= number != ++last[sender];
            received++;
        });
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Factory.StartNew(() =>
        {
            for (var number = 1; number <= each; number++)
            {
                actor.Tell((sender, number), ActorRefs.NoSender);
                // Lets the mailbox run empty now and then: going idle is where a wake-up would get lost.
                if (number % 97 == 0)
                    Thread.Yield();
            }
        }, TaskCreationOptions.LongRunning)));
        Kit.AwaitIdle();
        Assert.Equal(senders * each, received);
        Assert.False(disordered);
    }

    [Fact]
    public void Telling_inside_an_actor_names_it_as_the_sender()
    {
        var actor = Start((_, _) => Probe.Ref.Tell("hello"));
        actor.Tell("go");
        Probe.ExpectMsg("hello");
        Assert.Same(actor, Probe.LastSender);
    }

    [Fact]
    public void Forward_keeps_the_original_sender()
    {
        var target = Start((self, _) => self.Sender.Tell("done"));
        var middle = Start((_, message) => target.Forward(message));
        Probe.Send(middle, "go");
        Probe.ExpectMsg("done");
        Assert.Same(target, Probe.LastSender);
    }

    [Fact]
    public void A_reply_to_a_message_without_sender_is_a_dead_letter()
    {
        Start((self, _) => self.Sender.Tell("to whom")).Tell("go", ActorRefs.NoSender);
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.NoRecipient));
    }

    [Fact]
    public void A_full_bounded_mailbox_turns_the_newest_into_dead_letters_and_counts_them()
    {
        using var gate = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        var actor = Sys.ActorOf(On((_, message) =>
        {
            if (message is 0)
            {
                busy.Set();
                Wait(gate);
            }
            Probe.Ref.Tell(message);
        }).WithMailbox(3));
        actor.Tell(0);
        Wait(busy);
        for (var i = 1; i <= 5; i++)
            actor.Tell(i);
        Assert.Equal(3, Sys.MeasureMailboxes().Deepest);
        Assert.Equal(actor.Path, Sys.MeasureMailboxes().DeepestActor);
        Assert.Contains(new MailboxDepth(3, 0, 3), Sys.MeasureMailboxes().ByType.Values);
        gate.Set();
        Assert.Equal([0, 1, 2, 3], Probe.ReceiveN(4).Cast<int>());
        Probe.ExpectNoMsg();
        Assert.Equal(2, Sys.DeadLetterCountOf(DeadLetterReason.MailboxFull));
        actor.Tell(6);
        Probe.ExpectMsg(6);
    }

    [Fact]
    public void A_full_mailbox_still_takes_a_poison_pill()
    {
        using var gate = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        var actor = Sys.ActorOf(On((_, _) =>
        {
            busy.Set();
            Wait(gate);
        }).WithMailbox(1));
        Probe.Watch(actor);
        actor.Tell(0);
        Wait(busy);
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        gate.Set();
        Probe.ExpectTerminated(actor);
    }

    [Fact]
    public void An_actor_woken_by_one_that_then_blocks_is_run_elsewhere_soon()
    {
        using var woken = new ManualResetEventSlim();
        var second = Start((_, _) => woken.Set());
        var first = Start((_, _) =>
        {
            second.Tell("wake");
            Probe.Ref.Tell(Wait(woken));
        });
        first.Tell("go");
        Probe.ExpectMsg(true);
    }

    [Fact]
    public void Dead_letters_are_published_to_subscribers()
    {
        Sys.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        var actor = Start(Echo);
        Sys.Stop(actor);
        Kit.AwaitIdle();
        actor.Tell("late");
        var letter = Probe.ExpectMsg<DeadLetter>();
        Assert.Equal(("late", actor, DeadLetterReason.Stopped), (letter.Message, letter.Recipient, letter.Reason));
    }
}
