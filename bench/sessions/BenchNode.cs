using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Conference.Bench.Sessions;

/// <summary>The node under measurement, a process of its own.</summary>
internal sealed partial class BenchNode : IDisposable
{
    private readonly Process _process;

    private BenchNode(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

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

    public static BenchNode Start()
    {
        string node = Path.Combine(AppContext.BaseDirectory.Replace("bench/sessions", "src/Node", StringComparison.Ordinal), "Conference.Node.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [node, "--Qcvc:Port=0", "--Http:Port=0", "--Media:Ports=20000-20999"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        int port = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Telnet().Match(line) is { Success: true } found)
                port = int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
            if (line.Contains("Ctrl+C", StringComparison.Ordinal))
                return new BenchNode(process, port);
        }

        throw new InvalidOperationException("the node did not start");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"telnet \S+ (\d+),")]
    private static partial Regex Telnet();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
