using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Remoting;

public sealed class RemoteWatchTests : ClusterTest
{
    private readonly TestNode _a;
    private readonly TestNode _b;
    private readonly IActorRef _actor;
    private readonly IActorRef _atB;
    private readonly TestKit.TestProbe _watcher;

    public RemoteWatchTests()
    {
        _a = Join("a");
        _b = Join("b");
        _actor = _a.Sys.ActorOf(On((_, _) => { }));
        _atB = Sent(_actor, _a, _b);
        _watcher = _b.CreateTestProbe();
    }

    [Fact]
    public void The_end_of_an_actor_on_another_node_is_told()
    {
        Watch(_atB);
        _a.Sys.Stop(_actor);
        _watcher.ExpectTerminated(_atB);
        Assert.Equal(0, RemoteOf(_b).Statistics.Watches);
    }

    [Fact]
    public void One_that_has_ended_is_told_of_at_once()
    {
        _a.Sys.Stop(_actor);
        Cluster.AwaitIdle();
        Watch(_atB);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void A_watch_that_was_taken_back_tells_nothing()
    {
        Watch(_atB);
        _watcher.Unwatch(_atB);
        _a.Sys.Stop(_actor);
        _watcher.ExpectNoMsg();
        Assert.Equal(0, RemoteOf(_b).Statistics.Watches);
    }

    [Fact]
    public void Each_of_several_watchers_is_told()
    {
        var other = _b.CreateTestProbe();
        Watch(_atB);
        other.Watch(_atB);
        _watcher.Unwatch(_atB);
        Cluster.AwaitIdle();
        _a.Sys.Stop(_actor);
        other.ExpectTerminated(_atB);
        _watcher.ExpectNoMsg();
    }

    [Fact]
    public void A_link_that_is_down_ends_nobody()
    {
        Watch(_atB);
        Cluster.Cut(_a, _b);
        Cluster.Advance(Seconds(60));
        _watcher.ExpectNoMsg();
        Cluster.Mend(_a, _b);
        Cluster.AwaitIdle();
        _watcher.ExpectNoMsg();
        _a.Sys.Stop(_actor);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void One_that_ended_while_the_link_was_down_is_told_of_when_it_is_up()
    {
        Watch(_atB);
        Cluster.Cut(_a, _b);
        _a.Sys.Stop(_actor);
        _watcher.ExpectNoMsg();
        Cluster.Mend(_a, _b);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void One_that_is_first_watched_while_the_link_is_down_is_watched_all_the_same()
    {
        Cluster.Cut(_a, _b);
        Watch(_atB);
        Cluster.Mend(_a, _b);
        Cluster.AwaitIdle();
        _a.Sys.Stop(_actor);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void A_watch_and_an_end_that_no_queue_took_are_told_again()
    {
        Cluster.RefusedPercent = 100;
        Watch(_atB);
        Cluster.RefusedPercent = 0;
        Cluster.Advance(Seconds(1));
        Cluster.RefusedPercent = 100;
        _a.Sys.Stop(_actor);
        Cluster.AwaitIdle();
        Cluster.RefusedPercent = 0;
        Cluster.Advance(Seconds(1));
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void When_its_node_is_declared_down_an_actor_has_ended()
    {
        Watch(_atB);
        Cluster.Kill(_a);
        Cluster.Advance(Seconds(10));
        _watcher.ExpectNoMsg();
        Cluster.DeclareDown(_a);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void An_actor_of_a_node_that_was_declared_down_has_ended_when_it_is_watched()
    {
        Cluster.DeclareDown(_a);
        Cluster.Kill(_a);
        Cluster.AwaitIdle();
        Watch(_atB);
        _watcher.ExpectTerminated(_atB);
    }

    [Fact]
    public void An_actor_of_a_node_that_no_view_ever_showed_has_ended_after_a_while()
    {
        var stranger = RemoteOf(_b).RefOf(new NodeId(Guid.NewGuid()), WellKnownActor.Forwarders);
        Watch(stranger);
        Cluster.Advance(Seconds(2));
        _watcher.ExpectNoMsg();
        Cluster.Advance(Seconds(5));
        _watcher.ExpectTerminated(stranger);
    }

    [Fact]
    public void An_actor_of_a_node_too_new_for_the_view_is_watched_like_any_other()
    {
        _b.IsBlind = true;
        var c = Join("c");
        var actor = c.Sys.ActorOf(On((_, _) => { }));
        var atB = Sent(actor, c, _b);
        Watch(atB);
        Cluster.Advance(Seconds(3));
        _b.IsBlind = false;
        Cluster.Publish();
        Cluster.Advance(Seconds(10));
        _watcher.ExpectNoMsg();
        c.Sys.Stop(actor);
        _watcher.ExpectTerminated(atB);
    }

    [Fact]
    public void What_the_dead_one_said_last_comes_before_the_news_of_its_end()
    {
        var speaker = _a.Sys.ActorOf(On((self, message) =>
        {
            ((WithRef)message).Actor.Tell("goodbye");
            self.Context.Stop(self.Self);
        }));
        var atB = Sent(speaker, _a, _b);
        Watch(atB);
        Cluster.LinkDelay = Seconds(0.1);
        _watcher.Send(atB, new WithRef("speak", _watcher.Ref));
        Cluster.Advance(Seconds(1));
        _watcher.ExpectMsg("goodbye");
        _watcher.ExpectTerminated(atB);
    }

    private void Watch(IActorRef actor)
    {
        _watcher.Watch(actor);
        Cluster.AwaitIdle();
    }
}
