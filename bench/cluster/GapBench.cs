using System.Globalization;

namespace Conference.Bench.Cluster;

/// <summary>
/// How long a shard answers nobody when its owner dies, leaves, freezes or another joins: rooms of every second shard are asked for without
/// end through the nodes that stay, and the longest time between two good answers counts.
/// </summary>
internal static class GapBench
{
    private static readonly TimeSpan _before = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] only)
    {
        if (only.Length == 0 || only.Contains("kill"))
            await KillAsync(only.Length > 1 ? int.Parse(only[1], CultureInfo.InvariantCulture) : 10);
        foreach (var (name, target, watch, happen) in ((string, double, double, Func<LocalCluster, Task>)[])
        [
            ("join", 0.5, 8, c => c.AddAsync()),
            ("leave", 0.5, 8, c => Do(() => c.Nodes[2].Terminate())),
            ("freeze", 10, 14, c => Do(() => c.Nodes[2].Freeze())),
        ])
        {
            if (only.Length == 0 || only.Contains(name))
                await MeasureAsync(name, target, TimeSpan.FromSeconds(watch), happen);
        }

        return 0;
    }

    /// <summary>The nodes are killed in turn, and each is back before the next.</summary>
    private static async Task KillAsync(int rounds)
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        var worst = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            var dying = cluster.Nodes[i % 3];
            await using (var probes = await ShardProbes.StartAsync(cluster, [.. cluster.Nodes.Where(n => n != dying)]))
            {
                await Task.Delay(_before);
                probes.Begin();
                dying.Kill();
                await Task.Delay(TimeSpan.FromSeconds(6));
                worst.Add(probes.Gaps().Max());
            }

            await cluster.RestartAsync(dying);
            await cluster.IsSettledAsync(3);
        }

        worst.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"kill    {rounds} times, until every shard answers again: median {worst[worst.Count / 2]:0.00} s (target < 1.5), worst {worst[^1]:0.00} s (target < 2.5); {string.Join(' ', worst.Select(w => w.ToString("0.00", CultureInfo.InvariantCulture)))}"));
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
