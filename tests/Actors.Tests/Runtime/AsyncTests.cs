using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class AsyncTests : ActorTest
{
    [Fact]
    public void No_other_message_is_handled_while_a_task_runs()
    {
        var release = new TaskCompletionSource();
        var actor = Async(async (_, message) =>
        {
            Probe.Ref.Tell($"{message} begins");
            await release.Task;
            Probe.Ref.Tell($"{message} ends");
        });
        actor.Tell(1);
        actor.Tell(2);
        Probe.ExpectMsg("1 begins");
        Probe.ExpectNoMsg();
        release.SetResult();
        Assert.Equal(["1 ends", "2 begins", "2 ends"], Probe.ReceiveN(3).Cast<string>());
    }

    [Fact]
    public void Self_sender_and_context_are_right_after_an_await()
    {
        var release = new TaskCompletionSource();
        var actor = Async(async (self, message) =>
        {
            var self1 = self.Self;
            await release.Task;
            await Task.Yield();
            self.Sender.Tell((message, self1.Equals(self.Self), self.Context.System == Sys));
        });
        var other = Kit.CreateTestProbe();
        Probe.Send(actor, "a");
        other.Send(actor, "b");
        release.SetResult();
        Assert.Equal(("a", true, true), Probe.ExpectMsg<(object, bool, bool)>());
        Assert.Same(actor, Probe.LastSender);
        Assert.Equal(("b", true, true), other.ExpectMsg<(object, bool, bool)>());
    }

    [Fact]
    public void A_failed_task_fails_the_actor_with_its_message()
    {
        var actor = Sys.ActorOf(Fun(() => new FunActor
        {
            OnMessage = (self, message) => self.RunTask(async () =>
            {
                await Task.Yield();
                if (message is "fail")
                    throw new InvalidOperationException("async");
                Probe.Ref.Tell(message);
            }),
            OnPreRestart = (reason, message) => Probe.Ref.Tell($"{reason.Message} {message}"),
        }));
        actor.Tell("fail");
        actor.Tell("next");
        Probe.ExpectMsg("async fail");
        Probe.ExpectMsg("next");
    }

    [Fact]
    public void A_stop_waits_for_the_running_task()
    {
        var release = new TaskCompletionSource();
        var actor = Sys.ActorOf(Fun(() => new FunActor
        {
            OnMessage = (self, _) => self.RunTask(async () =>
            {
                await release.Task;
                Probe.Ref.Tell("finished");
            }),
            OnPostStop = () => Probe.Ref.Tell("stopped"),
        }));
        actor.Tell("go");
        Kit.AwaitIdle();
        Sys.Stop(actor);
        Probe.ExpectNoMsg();
        release.SetResult();
        Assert.Equal(["finished", "stopped"], Probe.ReceiveN(2).Cast<string>());
    }

    [Fact]
    public void Tasks_of_many_messages_never_overlap()
    {
        const int messages = 2000;
        var (inside, overlapped, handled) = (0, false, 0);
        var actor = Async(async (_, _) =>
        {
            overlapped |= Interlocked.Increment(ref inside) != 1;
            await Task.Yield();
            await Task.Run(() => { }).ConfigureAwait(false);
            overlapped |= Interlocked.Decrement(ref inside) != 0;
            if (Interlocked.Increment(ref handled) == messages)
                Probe.Ref.Tell("all");
        });
        for (var i = 0; i < messages; i++)
            actor.Tell(i);
        Probe.ExpectMsg("all");
        Assert.False(overlapped);
    }

    [Fact]
    public void An_actor_may_await_an_ask()
    {
        var echo = Start((self, message) => self.Sender.Tell(message));
        var actor = Async(async (self, message) =>
        {
            var reply = await echo.Ask<string>(message, Seconds(1));
            self.Sender.Tell(reply + "!");
        });
        Probe.Send(actor, "hello");
        Probe.ExpectMsg("hello!");
    }

    private IActorRef Async(Func<FunActor, object, Task> receive) =>
        Start((self, message) => self.RunTask(() => receive(self, message)));
}
