using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Conference.Bench.Cluster;

/// <summary>What <c>qcvc load</c> finds over one node and over three.</summary>
internal static class LoadBench
{
    public static async Task<int> JoinsAsync()
    {
        foreach (int nodes in (int[])[1, 3])
        {
            await using var cluster = await LocalCluster.StartAsync(nodes);
            var told = await LoadAsync(cluster.Nodes, "--clients", "3000", "--rooms", "300", "--rate", "1", "--seconds", "1");
            Say($"joins over {nodes} nodes: {Number(told, "joinsPerSecond"):0}/s, p50 {Number(told, "joinP50Ms"):0.0} ms, p99 {Number(told, "joinP99Ms"):0.0} ms, {Number(told, "joined"):0} of 3000");
        }

        return 0;
    }

    /// <summary>One client joins one room after the other, while nothing else happens: the rooms are on both nodes.</summary>
    public static async Task<int> JoinDelayAsync()
    {
        const int joins = 400;
        await using var cluster = await LocalCluster.StartAsync(2);
        string address = cluster.Nodes[0].Address;
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Parse(address), 4321);
        using var reader = new StreamReader(tcp.GetStream());
        await reader.ReadLineAsync();
        var took = new List<double>();
        // The first quarter compiles what the others run.
        for (int i = -joins / 4; i < joins; i++)
        {
            long asked = Stopwatch.GetTimestamp();
            string answer = await AskAsync($"CONN video delay{i + joins}@{address}");
            if (i >= 0)
                took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            if (!answer.StartsWith("303 ", StringComparison.Ordinal))
                throw new InvalidOperationException(answer);
            await AskAsync($"DCON video delay{i + joins}@{address}");
            await Task.Delay(10);
        }

        took.Sort();
        Say($"{joins} joins over two nodes, one at a time: p50 {took[joins / 2]:0.0} ms (target < 10), p99 {took[joins * 99 / 100]:0.0} ms (target < 30)");
        return 0;

        async Task<string> AskAsync(string line)
        {
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
            return await reader.ReadLineAsync() ?? "";
        }
    }

    public static async Task<int> TrunkAsync()
    {
        const int size = 1200;
        await using var cluster = await LocalCluster.StartAsync(3);
        var (datagrams, bytes) = await TrunkCountersAsync(cluster);
        var told = await LoadAsync(cluster.Nodes, "--clients", "30", "--senders", "6", "--rate", "200", "--size", "1200", "--seconds", "10");
        var (datagramsAfter, bytesAfter) = await TrunkCountersAsync(cluster);
        // Every packet goes to the two nodes its sender is not on.
        double copies = 2 * Number(told, "sent");
        Say($"trunk of a 30-member room over three nodes: {(datagramsAfter - datagrams) / copies:0.000} datagrams per packet and node pair (target 1), {(bytesAfter - bytes) / (copies * size):0.000} bytes per byte of one copy (target 1 +- 0.02); {Number(told, "lost"):0} lost of {Number(told, "expected"):0}");
        return 0;
    }

    public static async Task<int> HopAsync(string[] args)
    {
        string rate = args.FirstOrDefault() ?? "1000";
        await using var cluster = await LocalCluster.StartAsync(2);
        string[] what = ["--clients", "2", "--senders", "1", "--rate", rate, "--size", "1200", "--seconds", "10"];
        for (int round = 0; round < 3; round++)
        {
            var within = await LoadAsync([cluster.Nodes[0]], what);
            var across = await LoadAsync(cluster.Nodes, what);
            Say($"hop at {rate}/s: within a node p50 {1000 * Number(within, "delayP50Ms"):0} us, p99 {1000 * Number(within, "delayP99Ms"):0} us; node to node p50 {1000 * Number(across, "delayP50Ms"):0} us, p99 {1000 * Number(across, "delayP99Ms"):0} us; added p99 {1000 * (Number(across, "delayP99Ms") - Number(within, "delayP99Ms")):0} us (target 200)");
        }

        return 0;
    }

    public static async Task<int> RoomAsync(string[] args)
    {
        string seconds = args.FirstOrDefault() ?? "300";
        await using var cluster = await LocalCluster.StartAsync(3);
        var told = await LoadAsync(
            cluster.Nodes, "--clients", "1000", "--senders", "20", "--rate", "5", "--size", "1200", "--seconds", seconds, "--from", "127.88.0.1");
        double joining = Number(told, "joined") / Number(told, "joinsPerSecond");
        Say($"one room of 1,000 over three nodes: joined in {joining:0.0} s (target 10), {Number(told, "sent"):0} packets by 20 senders in {seconds} s, {Number(told, "delivered"):0} delivered of {Number(told, "expected"):0}, {Number(told, "lost"):0} lost (target 0 by the server), {Number(told, "kernelDrops"):0} of them by the generator's own buffers, {Number(told, "sessionsLost"):0} sessions lost");
        foreach (var node in cluster.Nodes)
        {
            foreach (string line in (await LocalCluster.GetAsync(node, "/metrics")).Split('\n').Where(l => l.Contains("dropped_total", StringComparison.Ordinal) && !l.StartsWith('#') && !l.EndsWith(" 0", StringComparison.Ordinal)))
                Say($"  {node.Address} {line}");
        }

        return Number(told, "sessionsLost") == 0 ? 0 : 1;
    }

    private static async Task<(double Datagrams, double Bytes)> TrunkCountersAsync(LocalCluster cluster) =>
        (await cluster.MetricAsync("conference_trunk_datagrams_total", "out"), await cluster.MetricAsync("conference_trunk_bytes_total", "out"));

    private static async Task<JsonElement> LoadAsync(IReadOnlyList<LocalNode> nodes, params string[] options)
    {
        string client = Path.Combine(LocalCluster.Repository, "src/Client/bin/Release/net10.0/qcvc.dll");
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [client, "load", nodes[0].Address, .. nodes.Skip(1).SelectMany(n => (string[])["--and", n.Address]), .. options, "--json"])
        {
            RedirectStandardOutput = true,
        })!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonDocument.Parse(text).RootElement;
    }

    private static double Number(JsonElement told, string name) => told.GetProperty(name).GetDouble();

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
