using System.Diagnostics;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Bench.Actors;

/// <summary>One thread tells entities in turn by way of their region: region, shard, entity; until all was handled.</summary>
internal static class Sharded
{
    public static async Task<double> Run(int entities, int messages)
    {
        var system = ActorSystem.Create("bench");
        var finished = new TaskCompletionSource();
        var left = entities;
        var each = messages / entities;
        var region = ClusterSharding.Get(system).Start("bench", _ => Props.Create(() => new Entity(each, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                finished.SetResult();
        })), new HashCodeMessageExtractor());
        var envelopes = Enumerable.Range(0, entities).Select(i => new ShardingEnvelope($"entity-{i}", "hello")).ToArray();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < each; i++)
            foreach (var envelope in envelopes)
                region.Tell(envelope, ActorRefs.NoSender);
        await finished.Task;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await system.TerminateAsync();
        return each * (double)entities / seconds / 1e6;
    }

    private sealed class Entity : ReceiveActor
    {
        private int _received;

        public Entity(int expected, Action done) => Receive<string>(_ =>
        {
            if (++_received == expected)
                done();
        });
    }
}
