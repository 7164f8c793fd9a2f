using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Tests.Runtime;

public sealed class DeathWatchTests : ActorTest
{
    [Fact]
    public void A_watcher_is_told_once_when_the_watched_actor_stops()
    {
        var subject = Start(Echo);
        var watcher = Watching(self => self.Context.Watch(self.Context.Watch(subject)));
        Sys.Stop(subject);
        var notice = Probe.ExpectMsg<Terminated>();
        Assert.Equal((subject, true), (notice.ActorRef, notice.ExistenceConfirmed));
        Probe.ExpectNoMsg();
        Assert.False(watcher.IsNobody());
    }

    [Fact]
    public void Watching_a_dead_actor_answers_at_once()
    {
        var subject = Start(Echo);
        Sys.Stop(subject);
        Kit.AwaitIdle();
        Watching(self => self.Context.Watch(subject));
        Assert.False(Probe.ExpectMsg<Terminated>().ExistenceConfirmed);
    }

    [Fact]
    public void WatchWith_delivers_the_message_of_the_watcher()
    {
        var subject = Start(Echo);
        Watching(self => self.Context.WatchWith(subject, "gone"));
        Sys.Stop(subject);
        Probe.ExpectMsg("gone");
        Probe.ExpectNoMsg();
    }

    [Fact]
    public void Unwatch_takes_back_even_a_notice_that_is_queued()
    {
        var subject = Start(Echo);
        var watcher = Start((self, message) =>
        {
            switch (message)
            {
                case "watch":
                    self.Context.Watch(subject);
                    break;
                case "stop":
                    Sys.Stop(subject);
                    self.Self.Tell("unwatch");
                    break;
                case "unwatch" when !IInternalActorRef.Of(subject).IsTerminated:
                    self.Self.Tell("unwatch");
                    break;
                case "unwatch":
                    self.Context.Unwatch(subject);
                    break;
                default:
                    Probe.Ref.Tell(message);
                    break;
            }
        });
        watcher.Tell("watch");
        watcher.Tell("stop");
        Probe.ExpectNoMsg();
        watcher.Tell("alive");
        Probe.ExpectMsg("alive");
    }

    [Fact]
    public void An_unhandled_Terminated_stops_the_watcher_too()
    {
        var subject = Start(Echo);
        var watcher = Sys.ActorOf(Fun(() => new FunActor
        {
            OnPreStart = self => self.Context.Watch(subject),
            OnMessage = (self, message) => self.Unhandled(message),
        }));
        Probe.Watch(watcher);
        Kit.AwaitIdle();
        Sys.Stop(subject);
        Probe.ExpectTerminated(watcher);
    }

    [Fact]
    public void A_parent_may_watch_its_child_and_reuse_the_name_in_Terminated()
    {
        var children = 0;
        Watching(
            self => self.Context.Watch(self.Context.ActorOf(On(Echo), "child")),
            (self, message) =>
            {
                Probe.Ref.Tell(message);
                if (message is Terminated && children++ == 0)
                    Probe.Ref.Tell(self.Context.ActorOf(On(Echo), "child"));
                else if (message is "stop")
                    self.Context.Stop(self.Context.Child("child"));
            }).Tell("stop");
        Probe.ExpectMsg("stop");
        Probe.ExpectMsg<Terminated>();
        Probe.ExpectMsg<IActorRef>();
    }

    [Fact]
    public void A_notice_comes_after_what_the_dead_actor_had_sent()
    {
        IActorRef? watcher = null;
        var subject = Start((self, _) =>
        {
            for (var i = 0; i < 100; i++)
                watcher!.Tell(i);
            self.Context.Stop(self.Self);
        });
        watcher = Watching(self => self.Context.Watch(subject));
        Kit.AwaitIdle();
        subject.Tell("go");
        Assert.Equal(Enumerable.Range(0, 100), Probe.ReceiveN(100).Cast<int>());
        Probe.ExpectMsg<Terminated>();
    }

    private IActorRef Watching(Action<FunActor> start, Action<FunActor, object>? receive = null)
    {
        var watcher = Sys.ActorOf(Fun(() => new FunActor { OnPreStart = start, OnMessage = receive ?? Echo }));
        Kit.AwaitIdle();
        return watcher;
    }
}
