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
        await FloodAsync(client, _warmUp);
        await ManyAtATimeAsync(client, 64, _warmUp);
        for (int i = 0; i < rounds; i++)
        {
            Print("ask, idle: one every 5 ms", await PacedAsync(client, TimeSpan.FromMilliseconds(5), 1), "0.2", "-");
            Print("ask, one after the other", await PacedAsync(client, TimeSpan.Zero, 1), "0.2", "-");
            Print("ask, 5,000/s: five every ms", await PacedAsync(client, TimeSpan.FromMilliseconds(1), 5), "-", "3");
            Print("asks, 256 at a time", await ManyAtATimeAsync(client, 256, _round));
            long allocated = GC.GetTotalAllocatedBytes();
            double tells = await FloodAsync(client, _round);
            Print("tells", tells);
            Print("bytes allocated per tell, here", (GC.GetTotalAllocatedBytes() - allocated) / (tells * _round.TotalSeconds), "");
        }

        return 0;
    }

    /// <returns>Microseconds, sorted.</returns>
    private static async Task<double[]> PacedAsync(LinksClient client, TimeSpan pause, int burst)
    {
        var latencies = new List<double>();
        var clock = Stopwatch.StartNew();
        if (pause == TimeSpan.Zero)
        {
            while (clock.Elapsed < _round)
                await TimeAsync(client, latencies);
        }
        else
        {
            // A thread of its own: the pool's timers come when there is time.
            var asks = await Task.Factory.StartNew(
                () =>
                {
                    var asked = new List<Task>();
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
        }

        return [.. latencies.Order()];
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

    private static void Print(string what, double value, string unit = " /s") =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-30} {(value < 100 ? $"{value:N3}" : $"{value:N0}")}{unit}"));

    private static void Print(string what, double[] sorted, string p50Target, string p99Target)
    {
        double At(double share) => sorted[(int)(share * (sorted.Length - 1))] / 1000;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-30} p50 {At(0.5):F3} ms ({p50Target})  p99 {At(0.99):F3} ms ({p99Target})  p99.9 {At(0.999):F3} ms  n {sorted.Length:N0}"));
    }
}
