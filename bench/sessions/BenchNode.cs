using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Conference.Bench.Sessions;

/// <summary>The node under measurement, a process of its own.</summary>
internal sealed partial class BenchNode : IDisposable
{
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

    public static BenchNode Start(params string[] settings)
    {
        string node = Path.Combine(ThisBench().Replace(AppContext.BaseDirectory, "/src/Node/bin/"), "Conference.Node.dll");
        string folder = Directory.CreateTempSubdirectory("conference-bench-").FullName;
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [node, "--Qcvc:Port=0", "--Http:Port=0", "--Media:Ports=20000-20999", .. NoLimits.Arguments, .. settings.Select(s => "--" + s)])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
        int port = 0;
        int tlsPort = 0;
        int httpPort = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Telnet().Match(line) is { Success: true } found)
                port = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
            if (OpenSsl().Match(line) is { Success: true } tls)
                tlsPort = int.Parse(tls.Groups[1].Value, CultureInfo.InvariantCulture);
            if (ConsoleLine().Match(line) is { Success: true } http)
                httpPort = int.Parse(http.Groups[1].Value, CultureInfo.InvariantCulture);
            if (line.Contains("Ctrl+C", StringComparison.Ordinal))
                return new BenchNode(process, folder, port, tlsPort, httpPort);
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

    [GeneratedRegex(@"-connect \S+:(\d+)")]
    private static partial Regex OpenSsl();

    [GeneratedRegex(@"telnet \S+ (\d+),")]
    private static partial Regex Telnet();

    [GeneratedRegex(@"console\s+http://[^/]*:(\d+)/")]
    private static partial Regex ConsoleLine();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
