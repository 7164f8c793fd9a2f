using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>One figure at a time: who is measured on one core, sender and sink on the other.</summary>
internal sealed class Measurement(BenchOptions options, NativeTools tools)
{
    private const double Settle = 0.2;

    // What the sender can send and leave the sink time to read; more would only be dropped.
    private const double MostIn = 150_000;

    /// <param name="mode">What <c>floor.c</c> is to do.</param>
    public Figures Floor(string mode, int receivers, Traffic traffic, string kind)
    {
        using Pinned sink = StartSink(kind, receivers, latches: null);
        using Pinned floor = tools.Start(
            NativeTools.MeasuredCore, "floor", mode, receivers, traffic.Count, traffic.Size, options.Seconds, Contestant.SinkPort);
        string[] parts = floor.Hear().Split(' ');
        double sent = double.Parse(parts[0], CultureInfo.InvariantCulture);
        double cpu = double.Parse(parts[2], CultureInfo.InvariantCulture);
        return new Figures(sent / cpu / 1000, cpu / options.Seconds, 1, Counts(sink).Read / sent, null);
    }

    /// <param name="offered">Packets a second to be sent out: more than can be.</param>
    /// <param name="most">Delays are taken at half and at 90% of so many packets a second; null for what this contestant manages.</param>
    public Figures Measure(Contestant contestant, int receivers, Traffic traffic, string kind, double offered, double? most = null)
    {
        double rate = Math.Ceiling(Math.Min(offered / receivers, MostIn * traffic.Count));
        using Running running = contestant.Start(receivers);
        Figures figures;
        Pinned source;
        using (Pinned sink = StartSink(kind, receivers, running.Latches))
        {
            source = tools.Start(NativeTools.LoadCore, "source", running.Entry, traffic.Size, traffic.Count, rate);
            running.WarmUp();
            figures = Throughput(running, contestant.Loops, sink, source);
            Quiet(source);
        }

        using (source)
        {
            // Together the loops leave the load no core of its own, and delays would be its; what is sealed nobody can read the time of.
            if (contestant.Loops > 1 || contestant.Seals)
                return figures;
            using Pinned stamping = StartSink(kind, receivers, latches: null, "stamp");
            double full = most ?? Math.Min(figures.Kpps * 1000, rate * receivers);
            return figures with
            {
                Half = DelayAt(full * 0.5, stamping, source, receivers),
                Ninety = DelayAt(full * 0.9, stamping, source, receivers),
            };
        }
    }

    private Figures Throughput(Running running, int atOnce, Pinned sink, Pinned source)
    {
        // What a question itself allocates is not the plane's.
        long asking = running.Ask()?.Allocated ?? 0;
        (long Sent, long Allocated)? before = running.Ask();
        asking = (before?.Allocated ?? 0) - asking;
        (long Read, long Dropped) countsBefore = Counts(sink);
        var cpuBefore = running.Process.Cpu();
        double loadBefore = Seconds(sink) + Seconds(source);
        var wall = Stopwatch.StartNew();
        Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
        double elapsed = wall.Elapsed.TotalSeconds;
        var cpuAfter = running.Process.Cpu();
        double load = Seconds(sink) + Seconds(source) - loadBefore;
        (long Read, long Dropped) counts = Counts(sink);
        (long Sent, long Allocated)? after = running.Ask();

        double read = counts.Read - countsBefore.Read;
        // Of a peer the sink tells: what it has read, and what its sockets had no room for.
        double sent = after is { } now ? now.Sent - before!.Value.Sent : read + counts.Dropped - countsBefore.Dropped;
        double cpu = cpuAfter.Sum(t => t.Seconds) - cpuBefore.Sum(t => t.Seconds);
        double[] loops = [.. cpuAfter.Where(t => IsLoop(t.Thread)).Select(t => t.Seconds - cpuBefore.FirstOrDefault(b => b.Thread == t.Thread).Seconds)];
        double charged = atOnce > 1 ? cpu - loops.Sum() + loops.Max() : cpu;
        return new Figures(
            sent / charged / 1000, cpu / elapsed, load / elapsed, sent > 0 ? read / sent : 0,
            after is null ? null : Math.Max(0, after.Value.Allocated - before!.Value.Allocated - asking) / sent);

        static bool IsLoop(string thread) => thread.StartsWith("media-", StringComparison.Ordinal) && char.IsAsciiDigit(thread[^1]);
        static double Seconds(Pinned process) => process.Cpu().Sum(t => t.Seconds);
    }

    private Delay DelayAt(double packetsPerSecond, Pinned sink, Pinned source, int receivers)
    {
        long sentBefore = Quiet(source);
        (long Read, long Dropped) before = Counts(sink);
        source.Ask((packetsPerSecond / receivers).ToString("F1", CultureInfo.InvariantCulture));
        Pause(Settle);
        sink.Ask("delay");
        Pause(options.Seconds);
        double[] delays = [.. sink.Ask("delay").Split(' ').Select(d => double.Parse(d, CultureInfo.InvariantCulture))];
        double sent = (Quiet(source) - sentBefore) * (double)receivers;
        (long Read, long Dropped) after = Counts(sink);
        // What a receiver has no room for has reached it.
        double read = after.Read - before.Read + after.Dropped - before.Dropped;
        return new Delay(packetsPerSecond / 1000, delays[1], delays[2], delays[3], Math.Max(0, 1 - read / sent));
    }

    /// <summary>Stops the flow, waits until it has passed, and tells how much was sent.</summary>
    private static long Quiet(Pinned source)
    {
        source.Ask("0.01");
        Pause(Settle);
        return long.Parse(source.Ask("0"), CultureInfo.InvariantCulture);
    }

    private static void Pause(double seconds) => Thread.Sleep(TimeSpan.FromSeconds(seconds));

    private Pinned StartSink(string kind, int receivers, int[]? latches, params object[] stamp)
    {
        Pinned sink = tools.Start(NativeTools.LoadCore, "sink", [kind, .. stamp]);
        for (int i = 0; i < receivers; i++)
            sink.Say($"127.0.0.1 {Contestant.SinkPort + i} {latches?[i] ?? 0}");
        if (sink.Ask("") != "ready")
            throw new InvalidOperationException("the sink is not ready");
        return sink;
    }

    private static (long Read, long Dropped) Counts(Pinned sink)
    {
        string[] parts = sink.Ask("now").Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
