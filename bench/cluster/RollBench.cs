using System.Diagnostics;
using System.Globalization;
using System.Net;
using Conference.Client;
using Conference.Client.Load;

namespace Conference.Bench.Cluster;

/// <summary>Calls over nodes that are restarted or drained under them; their clients follow as <c>qcvc call</c> does.</summary>
internal static class RollBench
{
    private const int Calls = 100;
    private const int MembersOfACall = 3;

    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(3);

    /// <summary>SIGTERM to one node after the other, each started again before the next.</summary>
    public static async Task<int> RollAsync()
    {
        await using var cluster = await LocalCluster.StartAsync(3);
        await using var load = await RunningLoad.StartAsync(cluster, new LoadOptions(Address(cluster.Nodes[0]))
        {
            OtherNodes = [.. cluster.Nodes.Skip(1).Select(Address)],
            Clients = Calls * MembersOfACall,
            Rooms = Calls,
            // Nodes that have just started answer all at once with "try again".
            ConnectRate = 20,
            Senders = new SenderCount(100, true),
            Size = 160,
            Rate = 20,
        });
        foreach (var node in cluster.Nodes.ToArray())
        {
            long began = Stopwatch.GetTimestamp();
            node.Terminate();
            await node.Process.WaitForExitAsync();
            var gone = Stopwatch.GetElapsedTime(began);
            await cluster.RestartAsync(node);
            await cluster.IsSettledAsync(3);
            Say($"  {node.Address} was gone after {gone.TotalSeconds:0.0} s, exit code {node.Process.ExitCode}, and back {(Stopwatch.GetElapsedTime(began) - gone).TotalSeconds:0.0} s later");
        }

        await Task.Delay(_settled);
        var report = await load.StopAsync();
        Say($"rolling restart of 3 nodes under {Calls} calls of {MembersOfACall}, each sending {report.Rate:0}/s for {report.Seconds:0} s: {report.Moves} moves, {report.SessionsLost} sessions lost, {report.Silent} of {Calls * MembersOfACall * (MembersOfACall - 1)} streams cut (target 0); longest gap of a stream p50 {report.GapP50Ms:0} ms, p99 {report.GapP99Ms:0} ms (target 2,000), max {report.GapMaxMs:0} ms; {report.LossPercent:0.00} % lost");
        return report.Silent + report.SessionsLost == 0 ? 0 : 1;
    }

    /// <summary>A node with many sessions, and one that is empty.</summary>
    public static async Task<int> DrainAsync(string[] args)
    {
        int sessions = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
        await using var cluster = await LocalCluster.StartAsync(1);
        await using var load = await RunningLoad.StartAsync(cluster, new LoadOptions(Address(cluster.Nodes[0]))
        {
            Clients = sessions,
            Rooms = sessions / 10,
            Size = 160,
            Rate = 20,
        });
        await cluster.AddAsync();
        await cluster.IsSettledAsync(2);
        long began = Stopwatch.GetTimestamp();
        await LocalCluster.PostAsync(cluster.Nodes[0], "drain");
        while (!(await LocalCluster.GetAsync(cluster.Nodes[0], "/api/v1/drain")).Contains("\"drained\"", StringComparison.Ordinal))
            await Task.Delay(20);
        var took = Stopwatch.GetElapsedTime(began);
        await Task.Delay(_settled);
        var report = await load.StopAsync();
        Say($"drain of {sessions} sessions in {report.Rooms} rooms to an empty node: {took.TotalSeconds:0.0} s (target 10); {report.Moves} moves, {report.SessionsLost} sessions lost, {report.Silent} streams cut; longest gap of a stream p50 {report.GapP50Ms:0} ms, p99 {report.GapP99Ms:0} ms, max {report.GapMaxMs:0} ms");
        return report.Silent + report.SessionsLost == 0 ? 0 : 1;
    }

    private static QcvcAddress Address(LocalNode node) => new("", node.Address, QcvcAddress.DefaultPort);

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Members that send until they are told to stop.</summary>
    private sealed class RunningLoad : IAsyncDisposable
    {
        private readonly CancellationTokenSource _enough = new();
        private readonly TaskCompletionSource _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task<LoadReport> _run;

        private RunningLoad(LoadOptions options) => _run = LoadRunner.RunAsync(
            options with { Follows = true, Duration = TimeSpan.FromHours(1), From = IPAddress.Parse("127.88.0.1") },
            p =>
            {
                if (p is { Phase: LoadPhase.Sending, Count: > 0 })
                    _flows.TrySetResult();
            },
            _enough.Token);

        /// <summary>Returns when everybody is in and hears something.</summary>
        public static async Task<RunningLoad> StartAsync(LocalCluster cluster, LoadOptions options)
        {
            var load = new RunningLoad(options);
            if (await Task.WhenAny(load._run, load._flows.Task) == load._run)
                await load._run;
            double members = await cluster.MetricAsync("conference_members");
            if (members < options.Clients)
                throw new InvalidOperationException($"only {members} of {options.Clients} are in");
            return load;
        }

        public async Task<LoadReport> StopAsync()
        {
            await _enough.CancelAsync();
            return await _run;
        }

        public async ValueTask DisposeAsync()
        {
            await _enough.CancelAsync();
            await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _enough.Dispose();
        }
    }
}
