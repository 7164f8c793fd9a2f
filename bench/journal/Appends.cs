using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;

namespace Conference.Bench.Journal;

internal static class Appends
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private static int _rounds;

    /// <summary>Events stored by all that ran so far.</summary>
    internal static long Stored { get; private set; }

    /// <summary>Each entity stores an event, waits until it is stored, and stores the next. Times in milliseconds.</summary>
    internal static async Task<(double PerSecond, double P50, double P99)> RunAsync(BenchNode node, int entities, TimeSpan time)
    {
        int round = ++_rounds;
        var writers = Enumerable.Range(0, entities).Select(i => node.System.ActorOf(BenchEntity.Props($"room/default/append-{round}-{i}"))).ToArray();
        await Task.WhenAll(writers.Select(w => w.Ask<BenchEntity.Done>(BenchEntity.Done.Instance, _patience)));
        long start = Stopwatch.GetTimestamp();
        var command = new BenchEntity.StoreUntil(start + (long)(time.TotalSeconds * Stopwatch.Frequency));
        var taken = (await Task.WhenAll(writers.Select(w => w.Ask<ImmutableArray<double>>(command, _patience)))).SelectMany(t => t).Order().ToArray();
        double perSecond = taken.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAll(writers.Select(w => w.GracefulStop(_patience)));
        Stored += taken.Length;
        return (perSecond, taken[taken.Length / 2], taken[taken.Length * 99 / 100]);
    }

    internal static Task StoreOneAsync(BenchNode node, string id) =>
        node.System.ActorOf(BenchEntity.Props(id)).Ask<BenchEntity.Done>(new BenchEntity.StoreMany(1, WithSnapshot: false), _patience);
}
