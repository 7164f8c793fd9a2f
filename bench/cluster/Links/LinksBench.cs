using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Cluster.Links;

/// <summary>Asks and tells over one link between two processes on loopback, TLS and all.</summary>
internal static class LinksBench
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _round = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] args)
    {
        int rounds = args is [var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 3;
        await using var client = await LinksClient.StartAsync();
        (string Name, Func<Task> Measure)[] all =
        [
            ("ask, idle: one every 5 ms", () => LatencyAsync("0.2", "-", PacedAsync(client, TimeSpan.FromMilliseconds(5), 1))),
            ("ask, one after the other", () => LatencyAsync("-", "-", OneAfterTheOtherAsync(client))),
            ("ask, 5,000/s: five every ms", () => LatencyAsync("-", "3", PacedAsync(client, TimeSpan.FromMilliseconds(1), 5))),
            ("asks, 256 at a time", async () => Console.WriteLine($"{await ManyAtATimeAsync(client, 256, _round):N0} /s")),
            ("tells", () => TellsAsync(client)),
        ];
        await FloodAsync(client, _warmUp);
        await ManyAtATimeAsync(client, 64, _warmUp);
        foreach (var (name, measure) in Enumerable.Repeat(all, rounds).SelectMany(m => m))
        {
            if (args.Length > 1 && !args[1..].Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)))
                continue;
            Console.Write($"{name,-30} ");
            await measure();
        }

        return 0;
    }

    private static async Task LatencyAsync(string p50Target, string p99Target, Task<List<double>> microseconds)
    {
        double[] sorted = [.. (await microseconds).Order()];
        double At(double share) => sorted[(int)(share * (sorted.Length - 1))] / 1000;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {At(0.5):F3} ms ({p50Target})  p99 {At(0.99):F3} ms ({p99Target})  p99.9 {At(0.999):F3} ms  n {sorted.Length:N0}"));
    }

    private static async Task TellsAsync(LinksClient client)
    {
        long allocated = GC.GetTotalAllocatedBytes();
        double tells = await FloodAsync(client, _round);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{tells:N0} /s, {allocated / (tells * _round.TotalSeconds):F1} bytes allocated for each by who tells"));
    }

    private static async Task<List<double>> OneAfterTheOtherAsync(LinksClient client)
    {
        var latencies = new List<double>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _round;)
            await TimeAsync(client, latencies);
        return latencies;
    }

    private static async Task<List<double>> PacedAsync(LinksClient client, TimeSpan pause, int burst)
    {
        var latencies = new List<double>();
        // A thread of its own: the pool's timers come when there is time.
        var asks = await Task.Factory.StartNew(
            () =>
            {
                var asked = new List<Task>();
                var clock = Stopwatch.StartNew();
                for (long next = 0; clock.Elapsed < _round; next += pause.Ticks)
                {
                    while (clock.Elapsed.Ticks < next)
                        Thread.Sleep(1);
                    for (int i = 0; i < burst; i++)
                        asked.Add(TimeAsync(client, latencies));
                }

                return asked;
            },
            TaskCreationOptions.LongRunning);
        await Task.WhenAll(asks);
        return latencies;
    }

    private static async Task TimeAsync(LinksClient client, List<double> latencies)
    {
        long start = Stopwatch.GetTimestamp();
        await client.AskAsync();
        double taken = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        lock (latencies)
            latencies.Add(taken);
    }

    private static async Task<double> ManyAtATimeAsync(LinksClient client, int concurrent, TimeSpan length)
    {
        var clock = Stopwatch.StartNew();
        long[] asked = await Task.WhenAll(Enumerable.Range(0, concurrent).Select(_ => Task.Run(async () =>
        {
            long count = 0;
            while (clock.Elapsed < length)
            {
                await client.AskAsync();
                count++;
            }

            return count;
        })));
        return asked.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <returns>Tells that arrived, per second.</returns>
    private static async Task<double> FloodAsync(LinksClient client, TimeSpan length)
    {
        long before = await client.AskAsync(MessageKind.HowManyTells);
        var clock = Stopwatch.StartNew();
        await Task.Run(() =>
        {
            while (clock.Elapsed < length)
            {
                for (int i = 0; i < 1000; i++)
                {
                    // Full: the peer sets the pace.
                    if (!client.Tell())
                        Thread.Sleep(1);
                }
            }
        });
        // In order: all tells are counted once this is answered.
        Task<long> after;
        while ((after = client.AskAsync(MessageKind.HowManyTells)).IsFaulted)
            await Task.Delay(1);
        return (await after - before) / clock.Elapsed.TotalSeconds;
    }
}
