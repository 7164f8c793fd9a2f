using System.Globalization;

namespace Conference.Bench.Cluster;

/// <summary>
/// How long a shard answers nobody when its owner dies, leaves, freezes or another joins: rooms of many shards are asked for without
/// end through the nodes that stay, and the longest time between two good answers counts.
/// </summary>
internal static class GapBench
{
    private static readonly TimeSpan _before = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] only)
    {
        foreach (var (name, target, watch, happen) in ((string, double, double, Func<LocalCluster, Task>)[])
        [
            ("kill", 2, 6, c => Do(() => c.Nodes[2].Kill())),
            ("join", 0.3, 6, c => c.AddAsync()),
            ("leave", 0.3, 6, c => Do(() => c.Nodes[2].Terminate())),
            ("freeze", 6, 10, c => Do(() => c.Nodes[2].Freeze())),
        ])
        {
            if (only.Length == 0 || only.Contains(name))
                await MeasureAsync(name, target, TimeSpan.FromSeconds(watch), happen);
        }

        return 0;
    }

    private static async Task MeasureAsync(string name, double target, TimeSpan watch, Func<LocalCluster, Task> happen)
    {
        await using var cluster = await LocalCluster.StartAsync(name == "join" ? 2 : 3);
        await using var probes = await ShardProbes.StartAsync(cluster, [.. cluster.Nodes.Take(2)]);
        await Task.Delay(_before);
        probes.Begin();
        await happen(cluster);
        await Task.Delay(watch);
        double[] gaps = probes.Gaps();
        double[] felt = [.. gaps.Where(g => g > 3 * ShardProbes.Period.TotalSeconds)];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-7} {gaps.Length} shards asked every {ShardProbes.Period.TotalMilliseconds:0} ms: longest gap {gaps.Max():0.00} s (target {target:0.0}), {felt.Length} shards felt it, their median {(felt.Length == 0 ? 0 : felt.Order().ElementAt(felt.Length / 2)):0.00} s; {probes.Refused} answers were refusals"));
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
