using System.Diagnostics;

namespace Conference.Bench.Media;

/// <summary>The C programs of native/, compiled anew for each run.</summary>
internal sealed class NativeTools : IDisposable
{
    public const string MeasuredCore = "0";
    public const string LoadCore = "1";
    public const string BothCores = "0,1";

    private readonly string _directory = Directory.CreateTempSubdirectory("conference-bench-").FullName;

    private NativeTools()
    {
    }

    public static NativeTools Compile()
    {
        var tools = new NativeTools();
        foreach (string name in new[] { "floor", "load", "spin" })
        {
            string source = Path.Combine(AppContext.BaseDirectory, "native", name + ".c");
            using Process gcc = Process.Start("gcc", ["-O2", "-Wall", "-o", tools.PathOf(name), source]);
            gcc.WaitForExit();
            if (gcc.ExitCode != 0)
                throw new InvalidOperationException($"gcc could not compile {source}");
        }

        return tools;
    }

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));

    public Pinned Start(string cores, string name, params object[] arguments) => Pinned.Start(cores, PathOf(name), arguments);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string PathOf(string name) => Path.Combine(_directory, name);
}
