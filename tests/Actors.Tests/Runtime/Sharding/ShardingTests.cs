using System.Collections.Concurrent;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Runtime.Sharding;

public sealed class ShardingTests : ActorTest
{
    [Fact]
    public void A_message_reaches_its_entity_and_the_reply_its_sender()
    {
        var region = Region(id => On((self, message) => self.Sender.Tell($"{id}: {message}")));
        Probe.Send(region, new ShardingEnvelope("joe", "hello"));
        Probe.ExpectMsg("joe: hello");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b c")]
    [InlineData("$x")]
    [InlineData("jürgen@häuser.de")]
    [InlineData("%")]
    [InlineData("\uD800")]
    [InlineData("\uD801")]
    public void An_entity_id_may_be_any_string(string id)
    {
        var region = Region(entity => On((self, _) => self.Sender.Tell(entity)));
        Probe.Send(region, new ShardingEnvelope(id, "who"));
        Probe.ExpectMsg(id);
    }

    [Fact]
    public void No_two_ids_share_a_name()
    {
        string[] ids = ["", "%", "%0025", "a", "A", "\uD800", "\uD801", "\uFFFD", "a b", "a%0020b"];
        Assert.Equal(ids.Length, ids.Select(EntityName.Of).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("", 2166136261u)]
    [InlineData("a", 0xE40C292Cu)]
    [InlineData("foobar", 0xBF9CF968u)]
    public void The_hash_is_FNV_1a_and_never_changes(string text, uint hash) =>
        Assert.Equal(hash, HashCodeMessageExtractor.Hash(text));

    [Fact]
    public void Ids_spread_over_all_shards()
    {
        var extractor = new HashCodeMessageExtractor();
        var shards = Enumerable.Range(0, 10_000).Select(i => extractor.ShardId($"user-{i}")).ToHashSet();
        Assert.Equal(HashCodeMessageExtractor.DefaultShards, shards.Count);
    }

    [Fact]
    public async Task Concurrent_senders_of_one_id_start_one_entity()
    {
        const int senders = 8, each = 500, ids = 20;
        var started = new ConcurrentDictionary<string, int>();
        var received = 0;
        var region = Region(id => Fun(() => new FunActor
        {
            OnPreStart = _ => started.AddOrUpdate(id, 1, (_, count) => count + 1),
            OnMessage = (_, _) => Interlocked.Increment(ref received),
        }));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                region.Tell(new ShardingEnvelope($"e{i % ids}", i));
        })));
        Kit.AwaitIdle();
        Assert.Equal(senders * each, received);
        Assert.Equal(ids, started.Count);
        Assert.All(started.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Passivation_loses_no_message()
    {
        const int senders = 4, each = 2000;
        var (received, started) = (0, 0);
        var region = Region(_ => Fun(() => new FunActor
        {
            OnPreStart = _ => Interlocked.Increment(ref started),
            OnMessage = (self, message) =>
            {
                if (message is "stop")
                    self.Context.Stop(self.Self);
                else if (Interlocked.Increment(ref received) % 10 == 0)
                    self.Context.Parent.Tell(new Passivate("stop"));
            },
        }));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                region.Tell(new ShardingEnvelope($"e{i % 7}", i));
                if (i % 50 == 0)
                    Kit.AwaitIdle();
            }
        })));
        Kit.AwaitIdle();
        Assert.Equal(senders * each, received);
        Assert.Equal(0, Sys.DeadLetterCount);
        Assert.True(started > 7);
    }

    [Fact]
    public void What_comes_while_an_entity_passivates_starts_it_again()
    {
        using var gate = new ManualResetEventSlim();
        var incarnation = 0;
        var region = Region(_ =>
        {
            var number = ++incarnation;
            return On((self, message) =>
            {
                switch (message)
                {
                    case "sleep":
                        self.Context.Parent.Tell(new Passivate("stop"));
                        break;
                    case "stop":
                        Wait(gate);
                        self.Context.Stop(self.Self);
                        break;
                    default:
                        Probe.Ref.Tell((number, message));
                        break;
                }
            });
        });
        foreach (var message in new[] { "a", "sleep" })
            region.Tell(new ShardingEnvelope("e", message));
        Probe.ExpectMsg((1, (object)"a"));
        foreach (var message in new[] { "b", "c" })
            region.Tell(new ShardingEnvelope("e", message));
        gate.Set();
        Assert.Equal(["b", "c"], Probe.ReceiveN(2).Cast<(int, object)>().Select(entry => entry.Item2));
        Assert.Equal(0, Sys.DeadLetterCount);
    }

    [Fact]
    public void An_entity_that_failed_too_often_is_started_again_by_the_next_message()
    {
        var region = Region(_ => On((self, message) =>
        {
            if (message is "fail")
                throw new InvalidOperationException();
            Probe.Send(self.Self, "fail");
            Probe.Ref.Tell(self.Self);
        }));
        region.Tell(new ShardingEnvelope("e", "first"));
        var first = Probe.ExpectMsg<IActorRef>();
        Probe.Watch(first);
        for (var i = 0; i < 10; i++)
            first.Tell("fail");
        Probe.ExpectTerminated(first);
        region.Tell(new ShardingEnvelope("e", "second"));
        Assert.NotSame(first, Probe.ExpectMsg<IActorRef>());
    }

    [Fact]
    public void A_type_is_started_once_and_found_by_its_name()
    {
        var region = Region(_ => On(Echo));
        Assert.Same(region, Region(_ => On(Echo)));
        Assert.Same(region, ClusterSharding.Get(Sys).ShardRegion("test"));
        Assert.Throws<ArgumentException>(() => ClusterSharding.Get(Sys).ShardRegion("other"));
    }

    [Fact]
    public void A_message_for_no_entity_is_unhandled()
    {
        Region(_ => On(Echo)).Tell("not an envelope");
        Kit.AwaitIdle();
        Assert.Equal(1, Sys.Statistics.Unhandled);
    }

    private IActorRef Region(Func<string, Props> entity) =>
        ClusterSharding.Get(Sys).Start("test", entity, new HashCodeMessageExtractor());
}
