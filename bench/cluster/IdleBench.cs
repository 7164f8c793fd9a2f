using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Cluster;

/// <summary>What nodes cost while nobody calls: their processor time, and the bytes on the loopback interface, PostgreSQL's among them.</summary>
internal static class IdleBench
{
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync()
    {
        await using (var cluster = await LocalCluster.StartAsync(3))
            await MeasureAsync("three nodes", cluster, "< 8 % of a core each, < 50 KiB/s in all");
        await using (var alone = await LocalCluster.StartAloneAsync())
            await MeasureAsync("one node", alone, "< 6 % of a core");
        return 0;
    }

    private static async Task MeasureAsync(string what, LocalCluster cluster, string target)
    {
        await Task.Delay(_settled);
        long started = Stopwatch.GetTimestamp();
        var cpu = cluster.Nodes.Select(n => n.Cpu).ToArray();
        long bytes = LoopbackBytes();
        await Task.Delay(_measured);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var shares = cluster.Nodes.Select((n, i) => (n.Cpu - cpu[i]).TotalSeconds / seconds * 100);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, idle for {seconds:0} s: {string.Join(", ", shares.Select(s => s.ToString("0.0", CultureInfo.InvariantCulture)))} % of a core, loopback {(LoopbackBytes() - bytes) / seconds / 1024:0.0} KiB/s (target {target})"));
    }

    private static long LoopbackBytes()
    {
        string line = File.ReadLines("/proc/net/dev").Single(l => l.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        return long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
