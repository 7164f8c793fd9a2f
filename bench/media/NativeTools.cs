using System.Diagnostics;

namespace Conference.Bench.Media;

/// <summary>The C programs of native/, compiled anew for each run, and processes pinned to a core.</summary>
internal sealed class NativeTools : IDisposable
{
    public const int MeasuredCore = 0;
    public const int LoadCore = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("conference-bench-").FullName;

    private NativeTools()
    {
    }

    public static NativeTools Compile()
    {
        var tools = new NativeTools();
        foreach (string name in new[] { "floor", "sink", "source" })
        {
            string source = Path.Combine(AppContext.BaseDirectory, "native", name + ".c");
            using Process gcc = Process.Start("gcc", ["-O2", "-Wall", "-o", tools.PathOf(name), source]);
            gcc.WaitForExit();
            if (gcc.ExitCode != 0)
                throw new InvalidOperationException($"gcc could not compile {source}");
        }

        return tools;
    }

    public Pinned Start(int core, string name, params object[] arguments) => Pinned.Start(core, PathOf(name), arguments);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string PathOf(string name) => Path.Combine(_directory, name);
}

/// <summary>A process on one core, spoken to in lines.</summary>
internal sealed class Pinned : IDisposable
{
    private readonly Process _process;

    private Pinned(Process process) => _process = process;

    public static Pinned Start(int core, string path, params object[] arguments)
    {
        var start = new ProcessStartInfo("taskset") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (object argument in (object[])["-c", core, path, .. arguments])
            start.ArgumentList.Add(FormattableString.Invariant($"{argument}"));
        return new Pinned(Process.Start(start)!);
    }

    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public string Hear() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("a child process ended early");

    public string Ask(string line)
    {
        Say(line);
        return Hear();
    }

    /// <summary>Ends its input, which ends the process.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill();
        _process.Dispose();
    }
}
