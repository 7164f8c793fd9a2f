using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Conference.Integration.Tests;

/// <summary>A real node in a process of its own, on free ports, in its own temporary folder; stopped by its process id.</summary>
public sealed partial class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan _runLimit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly string _folder;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new();

    private NodeProcess(Process process, string folder, string[] settings)
    {
        _process = process;
        _folder = folder;
        Address = IPAddress.Parse(Setting(settings, "Qcvc:Address") ?? "127.0.0.1");
        HttpAddress = IPAddress.Parse(Setting(settings, "Http:Address") ?? "127.0.0.1");
    }

    /// <summary>Settings for a test whose clients come from one address and ask for as much as they can.</summary>
    public static IReadOnlyList<string> NoLimits { get; } =
    [
        "Limits:AddressSessions=off", "Limits:SessionSend=off", "Limits:SessionConn=off", "Limits:SessionAuth=off", "Limits:AddressSend=off", "Limits:AddressConn=off",
        "Limits:AddressAuth=off",
    ];

    /// <summary>Where clients reach it: <c>Qcvc:Address</c> where that is given.</summary>
    public IPAddress Address { get; }

    /// <summary><c>Http:Address</c></summary>
    public IPAddress HttpAddress { get; }

    public int Port { get; private set; }

    /// <summary>0 without <c>Qcvc:TlsPort</c>.</summary>
    public int TlsPort { get; private set; }

    public int HttpPort { get; private set; }

    public int ProcessId => _process.Id;

    public string Output => string.Join('\n', _output);

    /// <summary>Starts one with <paramref name="settings"/> (<c>Rooms:OnDemand=false</c>) over free ports, and waits until it says it is ready.</summary>
    public static Task<NodeProcess> StartAsync(params string[] settings) => StartAsync(new NodeLaunch(), settings);

    /// <summary>The same, started in another way than usual.</summary>
    public static async Task<NodeProcess> StartAsync(NodeLaunch launch, params string[] settings)
    {
        var node = Begin(launch, settings);
        try
        {
            await node.ReadyAsync(launch.Limit);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, and does not wait for anything.</summary>
    public static NodeProcess Begin(NodeLaunch launch, params string[] settings)
    {
        var ports = FreePorts.Take(64);
        string[] defaults =
        [
            "Qcvc:Port=0", "Http:Port=0", "Web:Port=0", $"Media:Ports={ports.First}-{ports.Last}", "Node:Name=test",
            "Cluster:Advertise=127.0.0.1", "Cluster:Port=0", $"Http:AdminToken={AdminClient.Token}",
        ];
        var given = settings.Select(s => s[..s.IndexOf('=', StringComparison.Ordinal)]).ToHashSet();
        return Launch([.. defaults.Where(d => !given.Contains(d[..d.IndexOf('=', StringComparison.Ordinal)])), .. settings], launch);
    }

    /// <summary>Starts one that is expected to give up, and waits for that.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] settings) => RunAsync(new NodeLaunch { Limit = _runLimit }, settings);

    /// <summary>The same, started in another way than usual.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(NodeLaunch launch, params string[] settings)
    {
        // Beside others on this machine, which have the port that goes without saying.
        string[] web = Array.Exists(settings, s => s.StartsWith("Web:Port=", StringComparison.Ordinal)) ? [] : ["Web:Port=0"];
        await using var node = Launch([.. web, .. settings], launch);
        return (await node.ExitAsync(launch.Limit), node.Output);
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task ReadyAsync(TimeSpan limit)
    {
        if (await Task.WhenAny(_ready.Task, _process.WaitForExitAsync(), Task.Delay(limit)) != _ready.Task)
            throw new InvalidOperationException($"the node did not get ready:\n{Output}");
    }

    /// <summary>Waits until it has ended by itself, and everything it said has been heard.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(over.Token);
        return _process.ExitCode;
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri($"http://{HttpAddress}:{HttpPort}{path}"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The sum of a metric's points whose labels contain <paramref name="label"/>.</summary>
    public async Task<double> MetricAsync(string name, string label = "")
    {
        var (_, text) = await GetAsync("/metrics");
        return text.Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal))
            .Where(line => line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public int OpenDescriptors => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan? within = null)
    {
        _ = Kill(_process.Id, 15);
        return await ExitAsync(within ?? TimeSpan.FromSeconds(60));
    }

    /// <summary>SIGHUP.</summary>
    public void HangUp() => _ = Kill(_process.Id, 1);

    /// <summary>For one whose standard output goes elsewhere.</summary>
    public void IsAt(int port, int httpPort) => (Port, HttpPort) = (port, httpPort);

    /// <summary>SIGKILL, now.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGSTOP: it stands still, and its connections stay open.</summary>
    public void Freeze() => _ = Kill(_process.Id, 19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _ = Kill(_process.Id, 18);

    public bool HasExited => _process.HasExited;

    /// <summary>It has said that it is ready, whatever has become of it since.</summary>
    public bool WasReady => _ready.Task.IsCompleted;

    /// <summary>Once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _http.Dispose();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static NodeProcess Launch(string[] settings, NodeLaunch launch)
    {
        string folder = Directory.CreateTempSubdirectory("conference-test-").FullName;
        var start = new ProcessStartInfo(launch.Command[0], [.. launch.Command.Skip(1), .. settings.Select(s => "--" + s)])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        var node = new NodeProcess(process, folder, settings);
        process.OutputDataReceived += (_, line) => node.Heard(line.Data);
        process.ErrorDataReceived += (_, line) => node.Heard(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    private static string? Setting(string[] settings, string key) =>
        settings.LastOrDefault(s => s.StartsWith(key + "=", StringComparison.Ordinal))?[(key.Length + 1)..];

    private void Heard(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (ReadyLine().Match(line) is not { Success: true } ready)
            return;
        Port = int.Parse(ready.Groups["qcvc"].Value, CultureInfo.InvariantCulture);
        TlsPort = ready.Groups["tls"].Success ? int.Parse(ready.Groups["tls"].Value, CultureInfo.InvariantCulture) : 0;
        HttpPort = int.Parse(ready.Groups["http"].Value, CultureInfo.InvariantCulture);
        _ready.TrySetResult();
    }

    [GeneratedRegex(@"Conference is ready: QCVC at \S+:(?<qcvc>\d+), with TLS at (?:off|\S+:(?<tls>\d+)), console http://[^/]*:(?<http>\d+)/")]
    private static partial Regex ReadyLine();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

/// <summary>How a node is started.</summary>
public sealed record NodeLaunch
{
    /// <summary>A program that becomes the node, and what comes before the settings.</summary>
    public IReadOnlyList<string> Command { get; init; } = ["dotnet", RepositoryPaths.Node];

    /// <summary>How long it has to get ready.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Variables of its own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
