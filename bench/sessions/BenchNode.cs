using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Conference.Bench.Sessions;

/// <summary>The node under measurement, a process of its own.</summary>
internal sealed partial class BenchNode : IDisposable
{
    public const string AdminSetting = "Http:AdminToken=" + AdminToken;

    private const string AdminToken = "a-token-for-benches";

    private readonly Process _process;
    private readonly string _folder;

    private BenchNode(Process process, string folder, int port, int tlsPort, int httpPort) =>
        (_process, _folder, Port, TlsPort, HttpPort) = (process, folder, port, tlsPort, httpPort);

    public int Port { get; }

    /// <summary>0 where it was not asked for.</summary>
    public int TlsPort { get; }

    public int HttpPort { get; }

    public double ResidentKiB
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(Digits().Match(line).Value, CultureInfo.InvariantCulture);
        }
    }

    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The API of a node that was started with <see cref="AdminSetting"/>.</summary>
    public HttpClient Api()
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return http;
    }

    public static BenchNode Start(params string[] settings)
    {
        string node = Path.Combine(ThisBench().Replace(AppContext.BaseDirectory, "/src/Node/bin/"), "Conference.Node.dll");
        string folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [node, "--Qcvc:Port=0", "--Http:Port=0", "--Web:Port=0", "--Media:Ports=20000-20999", .. NoLimits.Arguments, .. settings.Select(s => "--" + s)])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (ReadyLine().Match(line) is not { Success: true } ready)
                continue;
            int Number(string name) => ready.Groups[name] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : 0;
            return new BenchNode(process, folder, Number("qcvc"), Number("tls"), Number("http"));
        }

        throw new InvalidOperationException("the node did not start");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("/bench/[^/]+/bin/")]
    private static partial Regex ThisBench();

    [GeneratedRegex(@"Conference is ready: QCVC at \S+:(?<qcvc>\d+), with TLS at (?:off|\S+:(?<tls>\d+)), console http://[^/]*:(?<http>\d+)/")]
    private static partial Regex ReadyLine();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
