using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Media;

/// <summary>One sender, N receivers: the plane beside the kernel's floor, in turns, with the same sink.</summary>
internal sealed class FanOutBench(BenchOptions options, NativeTools tools)
{
    private const int SinkPort = 30_000;
    private const int PlanePort = 20_000;

    // Offered beyond what the floor manages, so that the plane is never waiting.
    private const double Overload = 1.15;

    // The run-time compiles hot code again, in the measured process: until it has been still for so long, and no longer than that.
    private static readonly TimeSpan s_still = TimeSpan.FromSeconds(1);
    private const int MaxWarmUps = 10;

    public Report Run()
    {
        List<Row> rows = [];
        foreach (int receivers in options.Receivers)
        {
            foreach ((int size, int burst) in options.Traffic)
            {
                foreach (string sink in options.Sinks)
                {
                    List<Round> rounds = [];
                    for (int i = 0; i < options.Rounds; i++)
                    {
                        Sample floor = Floor(receivers, size, burst, sink);
                        Sample plane = Plane(receivers, size, burst, sink, floor.PacketsPerCpuSecond);
                        rounds.Add(new Round(floor, plane));
                    }

                    var row = new Row(receivers, size, burst, sink, rounds);
                    rows.Add(row);
                    Console.Error.WriteLine(row.ToLine());
                }
            }
        }

        return new Report(rows);
    }

    private Sample Floor(int receivers, int size, int burst, string kind)
    {
        using Pinned sink = StartSink(kind, receivers, targets: null);
        using Pinned floor = tools.Start(NativeTools.MeasuredCore, "floor", "send", receivers, burst, size, options.Seconds, SinkPort);
        string[] parts = floor.Hear().Split(' ');
        long sent = long.Parse(parts[0], CultureInfo.InvariantCulture);
        return new Sample(sent / double.Parse(parts[2], CultureInfo.InvariantCulture), 1, 0, Delivered(sink) / (double)sent);
    }

    private Sample Plane(int receivers, int size, int burst, string kind, double floorRate)
    {
        using Pinned plane = Pinned.Start(NativeTools.MeasuredCore, Environment.ProcessPath!, "plane", receivers, PlanePort);
        int[] numbers = [.. plane.Hear().Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        using Pinned sink = StartSink(kind, receivers, numbers[1..]);
        using Pinned source = tools.Start(
            NativeTools.LoadCore, "source", numbers[0], size, burst, Math.Ceiling(floorRate * Overload / receivers));

        WarmUp(plane);
        long deliveredBefore = Delivered(sink);
        var wall = Stopwatch.StartNew();
        // What a question itself allocates is not the plane's.
        Usage earlier = Usage.Parse(plane.Ask("now"));
        Usage before = Usage.Parse(plane.Ask("now"));
        long asking = before.AllocatedBytes - earlier.AllocatedBytes;
        Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
        long delivered = Delivered(sink) - deliveredBefore;
        Usage used = Usage.Parse(plane.Ask("now")).Since(before);
        return new Sample(
            used.DatagramsOut / used.CpuSeconds, used.CpuSeconds / wall.Elapsed.TotalSeconds, Math.Max(0, used.AllocatedBytes - asking) / (double)used.DatagramsOut, delivered / (double)used.DatagramsOut);
    }

    private static void WarmUp(Pinned plane)
    {
        Usage last = default;
        for (int i = 0; i < MaxWarmUps; i++)
        {
            Thread.Sleep(s_still);
            Usage now = Usage.Parse(plane.Ask("now"));
            if (now.CompiledMethods == last.CompiledMethods)
                return;
            last = now;
        }
    }

    private Pinned StartSink(string kind, int receivers, int[]? targets)
    {
        Pinned sink = tools.Start(NativeTools.LoadCore, "sink", kind);
        for (int i = 0; i < receivers; i++)
            sink.Say($"127.0.0.1 {SinkPort + i} {targets?[i] ?? 0}");
        if (sink.Ask("") != "ready")
            throw new InvalidOperationException("the sink is not ready");
        return sink;
    }

    private static long Delivered(Pinned sink) => long.Parse(sink.Ask("now").Split(' ')[0], CultureInfo.InvariantCulture);
}
