using Conference.Actors.Persistence;

namespace Conference.Persistence.Tests.Support;

/// <summary>
/// Entities that write on whatever happens, as actors do: after a failure each reads its journal again before its next write.
/// Keeps what was acknowledged, to be compared with what is there in the end.
/// </summary>
internal sealed class Load(IJournal journal, int entities)
{
    private readonly long[] _acknowledged = new long[entities];
    private int _failures;
    private volatile bool _isStopping;

    internal int Failures => Volatile.Read(ref _failures);

    internal long Acknowledged => _acknowledged.Sum();

    internal Task Run() => Task.WhenAll(Enumerable.Range(0, entities).Select(entity => Task.Run(() => RunAsync(entity))));

    internal void Stop() => _isStopping = true;

    /// <summary>Waits until so many more were acknowledged.</summary>
    internal async Task AwaitProgressAsync(int more, TimeSpan patience)
    {
        long goal = Acknowledged + more, deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (Acknowledged < goal)
        {
            Assert.True(Environment.TickCount64 < deadline, "nothing is written any more");
            await Task.Delay(10);
        }
    }

    internal async Task AwaitFailuresAsync(int more, TimeSpan patience)
    {
        long goal = Failures + more, deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (Failures < goal)
        {
            Assert.True(Environment.TickCount64 < deadline, "nothing fails");
            await Task.Delay(10);
        }
    }

    /// <summary>Nothing acknowledged is missing, nothing is half, nothing is twice.</summary>
    internal async Task VerifyAsync(IJournal store)
    {
        for (int entity = 0; entity < entities; entity++)
        {
            string[] events = await store.EventsAsync(Name(entity));
            Assert.True(events.Length >= _acknowledged[entity], $"{Name(entity)}: {_acknowledged[entity]} acknowledged, {events.Length} there");
            Assert.Equal(0, events.Length % 2);
            Assert.Equal(Enumerable.Range(1, events.Length).Select(i => $"{i}"), events);
        }
    }

    private static string Name(int entity) => $"load{entity}";

    private async Task RunAsync(int entity)
    {
        long? last = null;
        while (!_isStopping)
        {
            try
            {
                last ??= (await journal.EventsAsync(Name(entity))).Length;
                await journal.AppendAsync(Name(entity), last.Value + 1, $"{last + 1}", $"{last + 2}");
                last += 2;
                Volatile.Write(ref _acknowledged[entity], last.Value);
            }
            catch (JournalUnavailableException)
            {
                last = null;
                Interlocked.Increment(ref _failures);
                await Task.Delay(20);
            }
        }
    }
}
