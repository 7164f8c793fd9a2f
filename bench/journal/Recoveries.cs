using System.Diagnostics;
using Akka.Actor;

namespace Conference.Bench.Journal;

/// <summary>Entities that stored a snapshot and 50 events after it.</summary>
internal static class Recoveries
{
    internal const int Entities = 400;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    internal static async Task FillAsync(BenchNode node)
    {
        foreach (var some in Enumerable.Range(0, Entities).Chunk(10))
            await Task.WhenAll(some.Select(FillAsync));

        async Task FillAsync(int i)
        {
            var entity = node.System.ActorOf(BenchEntity.Props(Id(i)));
            await entity.Ask<BenchEntity.Done>(new BenchEntity.StoreMany(50, WithSnapshot: true), _patience);
            await entity.Ask<BenchEntity.Done>(new BenchEntity.StoreMany(50, WithSnapshot: false), _patience);
        }
    }

    /// <summary>Milliseconds until an entity answers that was not there.</summary>
    internal static async Task<(double First, double P50, double P99, double All)> RunAsync(BenchNode node)
    {
        double first = await RecoverAsync(0);
        var taken = new List<double>();
        for (int i = 1; i < 100; i++)
            taken.Add(await RecoverAsync(i));
        taken.Sort();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Entities).Select(RecoverAsync));
        return (first, taken[taken.Count / 2], taken[taken.Count * 99 / 100], Stopwatch.GetElapsedTime(start).TotalMilliseconds);

        async Task<double> RecoverAsync(int i)
        {
            long asked = Stopwatch.GetTimestamp();
            var entity = node.System.ActorOf(BenchEntity.Props(Id(i)));
            await entity.Ask<BenchEntity.Done>(BenchEntity.Done.Instance, _patience);
            double recovered = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            await entity.GracefulStop(_patience);
            return recovered;
        }
    }

    private static string Id(int i) => $"room/default/recover-{i}";
}
