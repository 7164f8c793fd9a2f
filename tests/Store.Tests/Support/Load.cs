using System.Diagnostics;

namespace Conference.Store.Tests.Support;

/// <summary>
/// Entities that store on whatever happens: after a failure each is started anew before its next event. Keeps what was acknowledged, to be compared with
/// what is there in the end.
/// </summary>
internal sealed class Load(TestSystem node, int entities)
{
    private readonly List<Guid>[] _acknowledged = [.. Enumerable.Range(0, entities).Select(_ => new List<Guid>())];
    private readonly int[] _storedBy = new int[entities];
    private int _stored;
    private int _failures;
    private long _slowest;
    private volatile bool _isStopping;

    internal int Failures => Volatile.Read(ref _failures);

    /// <summary>The longest that any answer took since this was read last.</summary>
    internal TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Exchange(ref _slowest, 0));

    internal Task Run() => Task.WhenAll(Enumerable.Range(0, entities).Select(entity => Task.Run(() => RunAsync(entity))));

    internal void Stop() => _isStopping = true;

    /// <summary>Waits until so many more were acknowledged.</summary>
    internal Task AwaitProgressAsync(int more, TimeSpan patience) => AwaitAsync(() => Volatile.Read(ref _stored), more, patience, "nothing is stored any more");

    /// <summary>Waits until each entity has stored something more.</summary>
    internal async Task AwaitEachAsync(TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        int[] before = [.. _storedBy];
        for (int entity = 0; entity < entities; entity++)
        {
            for (; Volatile.Read(ref _storedBy[entity]) == before[entity]; await Task.Delay(10))
                Assert.True(Environment.TickCount64 < deadline, $"entity {entity} stores nothing any more");
        }
    }

    internal Task AwaitFailuresAsync(int more, TimeSpan patience) => AwaitAsync(() => Failures, more, patience, "nothing fails");

    /// <summary>Nothing acknowledged is missing or elsewhere, nothing is twice.</summary>
    internal async Task VerifyAsync(TestSystem reader)
    {
        for (int entity = 0; entity < entities; entity++)
        {
            var values = await reader.ValuesAsync(Id(entity));
            Assert.Equal(values.Length, values.Distinct().Count());
            Assert.Equal(_acknowledged[entity], values.Intersect(_acknowledged[entity]));
        }
    }

    private static string Id(int entity) => $"room/default/load{entity}";

    private static async Task AwaitAsync(Func<int> count, int more, TimeSpan patience, string otherwise)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        for (int goal = count() + more; count() < goal; await Task.Delay(10))
            Assert.True(Environment.TickCount64 < deadline, otherwise);
    }

    private async Task RunAsync(int entity)
    {
        while (!_isStopping)
        {
            var value = Guid.NewGuid();
            long asked = Stopwatch.GetTimestamp();
            bool isStored = true;
            try
            {
                await node.StoreAsync(Id(entity), value);
                _acknowledged[entity].Add(value);
                Interlocked.Increment(ref _stored);
                Interlocked.Increment(ref _storedBy[entity]);
            }
            catch (NotStoredException)
            {
                isStored = false;
                Interlocked.Increment(ref _failures);
            }

            InterlockedMax(Stopwatch.GetElapsedTime(asked).Ticks);
            if (!isStored)
                await Task.Delay(50);
        }
    }

    private void InterlockedMax(long ticks)
    {
        for (long now = Volatile.Read(ref _slowest); ticks > now; now = Volatile.Read(ref _slowest))
            Interlocked.CompareExchange(ref _slowest, ticks, now);
    }
}
