using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>One figure at a time: who is measured on one core, the load on the other.</summary>
internal sealed class Measurement(BenchOptions options, NativeTools tools)
{
    private const double Settle = 0.2;

    // What can be sent while leaving time to read; more would only be dropped.
    private const double MostIn = 150_000;

    /// <param name="mode">What <c>floor.c</c> is to do.</param>
    public Figures Floor(string mode, int receivers, Traffic traffic, string sink)
    {
        using Pinned load = StartLoad(sink, receivers, latches: null);
        using Pinned floor = tools.Start(
            NativeTools.MeasuredCore, "floor", mode, receivers, traffic.Count, traffic.Size, options.Seconds, Contestant.SinkPort);
        string[] parts = floor.Hear().Split(' ');
        double sent = double.Parse(parts[0], CultureInfo.InvariantCulture);
        double cpu = double.Parse(parts[2], CultureInfo.InvariantCulture);
        return new Figures(sent / cpu / 1000, cpu / options.Seconds, 1, Counts.Of(load).Read / sent, null);
    }

    /// <param name="offered">Packets a second to be sent out: more than can be.</param>
    /// <param name="most">Delays are taken at half and at 90% of so many packets a second; null for what this contestant manages.</param>
    public Figures Measure(Contestant contestant, int receivers, Traffic traffic, string sink, double offered, double? most = null)
    {
        double rate = Math.Ceiling(Math.Min(offered / receivers, MostIn * traffic.Count));
        using Running running = contestant.Start(receivers);
        using Pinned load = StartLoad(sink, receivers, running.Latches);
        load.Ask($"send {running.Entry} {traffic.Size} {traffic.Count}");
        SetRate(load, rate);
        running.WarmUp();
        Figures figures = Throughput(running, contestant.Loops, load);

        // Together the loops leave the load no core of its own, and delays would be its; what is sealed nobody can read the time of.
        if (contestant.Loops > 1 || contestant.Seals)
            return figures;
        Quiet(load);
        load.Ask("stamp");
        double full = most ?? Math.Min(figures.Kpps * 1000, rate * receivers);
        return figures with { Half = DelayAt(full * 0.5, load, receivers), Ninety = DelayAt(full * 0.9, load, receivers) };
    }

    private Figures Throughput(Running running, int atOnce, Pinned load)
    {
        // What a question itself allocates is not the plane's.
        long asking = running.Ask()?.Allocated ?? 0;
        (long Sent, long Allocated)? before = running.Ask();
        asking = (before?.Allocated ?? 0) - asking;
        Counts countsBefore = Counts.Of(load);
        var cpuBefore = running.Process.Cpu();
        double loadBefore = Seconds(load);
        var wall = Stopwatch.StartNew();
        Pause(options.Seconds);
        double elapsed = wall.Elapsed.TotalSeconds;
        var cpuAfter = running.Process.Cpu();
        double loadBusy = Seconds(load) - loadBefore;
        Counts counts = Counts.Of(load);
        (long Sent, long Allocated)? after = running.Ask();

        double read = counts.Read - countsBefore.Read;
        // Of a peer the sink tells: what it has read, and what its sockets had no room for.
        double sent = after is { } now ? now.Sent - before!.Value.Sent : read + counts.Dropped - countsBefore.Dropped;
        double cpu = cpuAfter.Sum(t => t.Seconds) - cpuBefore.Sum(t => t.Seconds);
        double[] loops = [.. cpuAfter.Where(t => IsLoop(t.Thread)).Select(t => t.Seconds - cpuBefore.FirstOrDefault(b => b.Thread == t.Thread).Seconds)];
        double charged = atOnce > 1 ? cpu - loops.Sum() + loops.Max() : cpu;
        return new Figures(
            sent / charged / 1000, cpu / elapsed, loadBusy / elapsed, sent > 0 ? read / sent : 0,
            after is null ? null : Math.Max(0, after.Value.Allocated - before!.Value.Allocated - asking) / sent);

        static bool IsLoop(string thread) => thread.StartsWith("media-", StringComparison.Ordinal) && char.IsAsciiDigit(thread[^1]);
        static double Seconds(Pinned process) => process.Cpu().Sum(t => t.Seconds);
    }

    private Delay DelayAt(double packetsPerSecond, Pinned load, int receivers)
    {
        Quiet(load);
        Counts before = Counts.Of(load);
        SetRate(load, packetsPerSecond / receivers);
        Pause(Settle);
        load.Ask("delay");
        Pause(options.Seconds);
        double[] delays = [.. load.Ask("delay").Split(' ').Select(d => double.Parse(d, CultureInfo.InvariantCulture))];
        Quiet(load);
        Counts after = Counts.Of(load);
        double sent = (after.Sent - before.Sent) * (double)receivers;
        // What a receiver has no room for has reached it.
        double read = after.Read - before.Read + after.Dropped - before.Dropped;
        return new Delay(packetsPerSecond / 1000, delays[0], delays[1], delays[2], Math.Max(0, 1 - read / sent));
    }

    /// <summary>Stops the flow, and waits until nothing comes any more: what has piled up on the way may take a while.</summary>
    private static void Quiet(Pinned load)
    {
        SetRate(load, 0);
        Counts last;
        Counts now = Counts.Of(load);
        do
        {
            last = now;
            Pause(Settle);
            now = Counts.Of(load);
        }
        while (now != last);
    }

    private static void SetRate(Pinned load, double packetsPerSecond) =>
        load.Ask(string.Create(CultureInfo.InvariantCulture, $"rate {packetsPerSecond:F1}"));

    private static void Pause(double seconds) => Thread.Sleep(TimeSpan.FromSeconds(seconds));

    private Pinned StartLoad(string sink, int receivers, int[]? latches)
    {
        Pinned load = tools.Start(NativeTools.LoadCore, "load", sink);
        for (int i = 0; i < receivers; i++)
            load.Say($"127.0.0.1 {Contestant.SinkPort + i} {latches?[i] ?? 0}");
        if (load.Ask("") != "ready")
            throw new InvalidOperationException("the load is not ready");
        return load;
    }

    /// <param name="Sent">Packets to whoever is measured.</param>
    /// <param name="Read">Of what came back.</param>
    /// <param name="Dropped">Of what came back, for want of room in the receivers' sockets.</param>
    private readonly record struct Counts(long Sent, long Read, long Dropped)
    {
        public static Counts Of(Pinned load)
        {
            long[] parts = [.. load.Ask("now").Split(' ').Select(p => long.Parse(p, CultureInfo.InvariantCulture))];
            return new Counts(parts[0], parts[1], parts[2]);
        }
    }
}
