using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Remoting;

public sealed class ReferenceTests : ClusterTest
{
    [Fact]
    public async Task An_actor_on_another_node_is_asked_like_any_other()
    {
        var a = Join("a");
        var b = JoinWith("b", (self, message) => self.Sender.Tell($"re: {message}"));
        Assert.Equal("re: hello", await Known(b, from: a).Ask<string>("hello", Seconds(1)).WaitAsync(a.Patience));
    }

    [Fact]
    public void A_well_known_actor_of_this_node_is_that_very_actor()
    {
        IActorRef? known = null;
        var a = Join("a", (node, remote) => remote.Register(WellKnownActor.Forwarders, known = node.Sys.ActorOf(On((_, _) => { }))));
        Assert.Same(known, RemoteOf(a).RefOf(a.Id, WellKnownActor.Forwarders));
    }

    [Fact]
    public void A_reference_that_went_to_another_node_and_back_is_the_very_actor()
    {
        var a = Join("a", (node, remote) => remote.Register(WellKnownActor.Forwarders, node.TestActor.Ref));
        var b = JoinWith("b", (self, message) => self.Sender.Tell(message));
        foreach (var actor in new[] { a.Sys.ActorOf(On((_, _) => { })), RemoteOf(a).RefOf(a.Id, WellKnownActor.Forwarders) })
        {
            var probe = a.CreateTestProbe();
            probe.Send(Known(b, from: a), new WithRef("echo", actor));
            Assert.Same(actor, probe.ExpectMsg<WithRef>().Actor);
        }
    }

    [Fact]
    public void References_to_one_actor_of_another_node_are_equal_however_they_came()
    {
        var a = Join("a");
        var b = Join("b");
        var actor = a.Sys.ActorOf(On((_, _) => { }));
        var (first, second) = (Sent(actor, a, b), Sent(actor, a, b));
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, Sent(a.Sys.ActorOf(On((_, _) => { })), a, b));
    }

    [Fact]
    public void A_reference_may_be_handed_on_to_a_third_node()
    {
        var a = Join("a");
        var b = Join("b");
        var c = JoinWith("c", (self, message) => ((WithRef)message).Actor.Tell("from c"));
        var probe = a.CreateTestProbe();
        var atB = Sent(a.Sys.ActorOf(On((_, message) => probe.Ref.Tell(message, null))), a, b);
        Known(c, from: b).Tell(new WithRef("go", atB), null);
        probe.ExpectMsg("from c");
    }

    [Fact]
    public async Task A_question_may_be_answered_by_a_third_node()
    {
        var a = Join("a");
        var c = JoinWith("c", (self, message) => self.Sender.Tell($"c heard {message}"));
        TestNode b = null!;
        b = JoinWith("b", (self, message) => Known(c, from: b).Forward(message));
        Assert.Equal("c heard it", await Known(b, from: a).Ask<string>("it", Seconds(1)).WaitAsync(a.Patience));
    }

    [Fact]
    public async Task What_was_exported_is_forgotten_when_it_ends()
    {
        var a = Join("a");
        var b = JoinWith("b", (self, message) =>
        {
            if (message is "answer")
                self.Sender.Tell("yes");
        });
        int before = RemoteOf(a).Statistics.Exports;
        await Known(b, from: a).Ask<string>("answer", Seconds(1)).WaitAsync(a.Patience);
        var unanswered = Known(b, from: a).Ask<string>("ignore", Seconds(1));
        var sender = a.Sys.ActorOf(On((self, _) => Known(b, from: a).Tell("hello")));
        sender.Tell("go", null);
        Cluster.AwaitIdle();
        Assert.InRange(RemoteOf(a).Statistics.Exports, before + 2, before + 3);
        a.Sys.Stop(sender);
        Cluster.Advance(Seconds(1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => unanswered.WaitAsync(a.Patience));
        Assert.True(SpinWait.SpinUntil(() => RemoteOf(a).Statistics.Exports == before, a.Patience));
    }

    [Fact]
    public async Task Without_a_link_what_is_told_is_a_dead_letter_and_an_ask_ends_at_its_deadline()
    {
        var a = Join("a");
        var b = JoinWith("b", (_, _) => { });
        Cluster.Cut(a, b);
        Known(b, from: a).Tell("lost", null);
        var ask = Known(b, from: a).Ask<string>("lost too", Seconds(1));
        Assert.Equal(2, a.Sys.DeadLetterCountOf(DeadLetterReason.Unreachable));
        Cluster.Advance(Seconds(1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => ask.WaitAsync(a.Patience));
    }

    [Fact]
    public async Task What_cannot_cross_fails_its_ask_at_once()
    {
        var a = Join("a");
        var b = JoinWith("b", (_, _) => { });
        await Assert.ThrowsAsync<NotSupportedException>(() => Known(b, from: a).Ask<string>(42, Seconds(1)).WaitAsync(a.Patience));
        await Assert.ThrowsAsync<NotSupportedException>(
            () => Known(b, from: a).Ask<string>(new string('x', 1 << 20), Seconds(1)).WaitAsync(a.Patience));
        Assert.Equal(2, a.Sys.DeadLetterCountOf(DeadLetterReason.CannotCross));
    }

    [Fact]
    public async Task A_kind_the_other_node_does_not_know_fails_its_ask_and_is_counted()
    {
        var a = Join("a");
        var b = JoinWith("b", (_, _) => { });
        await Assert.ThrowsAsync<MessageNotUnderstoodException>(() => Known(b, from: a).Ask<string>("unknown", Seconds(1)).WaitAsync(a.Patience));
        Assert.Equal(1, RemoteOf(b).Statistics.Unknown);
    }

    [Fact]
    public void What_is_told_arrives_in_order_however_long_the_link_takes()
    {
        var heard = new List<object>();
        var a = Join("a");
        var b = JoinWith("b", (_, message) => heard.Add(message));
        Cluster.LinkDelay = Seconds(0.01);
        for (int i = 0; i < 200; i++)
            Known(b, from: a).Tell($"{i}", null);
        Cluster.Advance(Seconds(1));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), heard);
    }

    [Fact]
    public void A_reference_of_an_earlier_life_is_dead_elsewhere_and_lives_on_at_home()
    {
        var a = JoinWith("a", (_, _) => { });
        var b = JoinWith("b", (self, message) => { });
        var probe = a.CreateTestProbe();
        var local = a.Sys.ActorOf(On((_, message) => probe.Ref.Tell(message, null)));
        var earlier = Sent(local, a, b);
        Cluster.DeclareDown(a);
        Cluster.Fence(a);
        Cluster.Rejoin(a);
        Cluster.AwaitIdle();
        earlier.Tell("too late", null);
        Cluster.AwaitIdle();
        Assert.Equal(1, b.Sys.DeadLetterCountOf(DeadLetterReason.Unreachable));
        local.Tell("at home", null);
        probe.ExpectMsg("at home");
        var now = Sent(local, a, b);
        Assert.NotEqual(earlier, now);
        now.Tell("again", null);
        probe.ExpectMsg("again");
    }
}
