using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Conference.Actors.Cluster;

namespace Conference.Bench.Cluster;

/// <summary>Real nodes and a real PostgreSQL, started by deploy/local as docs/operating.md says, on addresses of their own.</summary>
internal sealed partial class LocalCluster : IAsyncDisposable
{
    private const string Token = "a-token-for-benchmarks";

    private readonly string _folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
    private readonly Process _postgres;
    private readonly List<LocalNode> _nodes = [];
    private int _lastAddress = 1;

    private LocalCluster()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        _postgres = Start(Script("postgres"), Path.Combine(_folder, "postgres"));
        Database = _postgres.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PostgreSQL did not start");
    }

    public string Database { get; }

    public IReadOnlyList<LocalNode> Nodes => _nodes;

    public static string Repository { get; } = ThisBench().Replace(AppContext.BaseDirectory, "/");

    public static async Task<LocalCluster> StartAsync(int nodes)
    {
        var cluster = new LocalCluster();
        try
        {
            for (int i = 0; i < nodes; i++)
                await cluster.AddAsync();
            if (nodes > 0)
                await cluster.IsSettledAsync(nodes);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>One node with a file for a store, and no cluster.</summary>
    public static async Task<LocalCluster> StartAloneAsync()
    {
        var cluster = new LocalCluster();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.77.{Environment.ProcessId % 250}.1");
        string node = Path.Combine(Repository, "src", "Node", "bin", "Release", "net10.0", "Conference.Node.dll");
        string store = Path.Combine(cluster._folder, "alone.db");
        await cluster.ReadyAsync(cluster.Start("dotnet", [node, "--Qcvc:Address", address, "--Media:Address", address, "--Http:Address", address, "--Store:Path", store, .. NoLimits.Arguments]), address);
        return cluster;
    }

    public Task<LocalNode> AddAsync() => StartAsync(string.Create(CultureInfo.InvariantCulture, $"127.77.{Environment.ProcessId % 250}.{++_lastAddress}"));

    /// <summary>One that has ended, at its address again.</summary>
    public Task<LocalNode> RestartAsync(LocalNode ended)
    {
        _nodes.Remove(ended);
        return StartAsync(ended.Address);
    }

    private Task<LocalNode> StartAsync(string address) =>
        ReadyAsync(Start(Script("node"), [address, Database, "--Http:AdminToken", Token, "--Media:Loops", "1", .. NoLimits.Arguments]), address);

    private async Task<LocalNode> ReadyAsync(Process process, string address)
    {
        var node = new LocalNode(process, address);
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Conference is ready", StringComparison.Ordinal))
            {
                // Nobody wants to know what it says from now on, but it must not fill the pipe.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                _nodes.Add(node);
                return node;
            }

            said.Add(line);
        }

        throw new InvalidOperationException($"{address} did not start:\n{string.Join('\n', said)}");
    }

    /// <summary>So many nodes own all shards, and none is on its way.</summary>
    public async Task IsSettledAsync(int nodes)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            string told = await GetAsync(_nodes.First(n => !n.Process.HasExited), "/metrics");
            if (Metric(told, "conference_cluster_nodes", "up") == nodes
                && _nodes.Where(n => !n.Process.HasExited).Sum(n => Metric(GetAsync(n, "/metrics").Result, "conference_cluster_shards", "owned")) == 2 * EntityExtractor.ShardCount)
                return;
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
                throw new TimeoutException("the cluster does not settle");
            await Task.Delay(100);
        }
    }

    public static async Task<string> GetAsync(LocalNode node, string path)
    {
        using var http = Http();
        return await http.GetStringAsync(new Uri($"http://{node.Address}:8080{path}"));
    }

    public static async Task PostAsync(LocalNode node, string path)
    {
        using var http = Http();
        (await http.PostAsync(new Uri($"http://{node.Address}:8080/api/v1/{path}"), null)).EnsureSuccessStatusCode();
    }

    public static async Task PutAsync(LocalNode node, string path, string json)
    {
        using var http = Http();
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        (await http.PutAsync(new Uri($"http://{node.Address}:8080/api/v1/{path}"), body)).EnsureSuccessStatusCode();
    }

    /// <summary>The sum of a metric's points on all nodes that run.</summary>
    public async Task<double> MetricAsync(string name, string label = "")
    {
        double sum = 0;
        foreach (var node in _nodes.Where(n => !n.Process.HasExited))
            sum += Metric(await GetAsync(node, "/metrics"), name, label);
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            node.Kill();
        Signal(_postgres, 15);
        await _postgres.WaitForExitAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static void Signal(Process process, int signal) => _ = Kill(process.Id, signal);

    private static double Metric(string text, string name, string label) => text.Split('\n')
        .Where(l => l.StartsWith(name + " ", StringComparison.Ordinal) || l.StartsWith(name + "{", StringComparison.Ordinal))
        .Where(l => l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static HttpClient Http()
    {
        var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return http;
    }

    private static string Script(string name) => Path.Combine(Repository, "deploy", "local", name);

    private Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        })!;

    [GeneratedRegex("/bench/[^/]+/bin/.*")]
    private static partial Regex ThisBench();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

/// <summary>One of its nodes, on the default ports of an address of its own.</summary>
internal sealed record LocalNode(Process Process, string Address)
{
    public void Kill()
    {
        if (Process.HasExited)
            return;
        Process.Kill();
        Process.WaitForExit();
    }

    public TimeSpan Cpu
    {
        get
        {
            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    public void Freeze() => LocalCluster.Signal(Process, 19);

    public void Terminate() => LocalCluster.Signal(Process, 15);
}
