using System.Diagnostics;
using System.Globalization;
using Conference.Protocol.Tests;

namespace Conference.Cluster.Tests.Support;

/// <summary>
/// A process whose wall clock is wrong. (faketime would serve, but that with the monotonic clock left alone every timed wait returns
/// at once.)
/// </summary>
internal static class ShiftedClock
{
    private static readonly Lazy<string> _library = new(Build);

    /// <summary>Variables for a process whose wall clock is so far off.</summary>
    public static IReadOnlyDictionary<string, string> By(TimeSpan shift) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = _library.Value,
        ["CLOCK_SHIFT"] = ((long)shift.TotalSeconds).ToString(CultureInfo.InvariantCulture),
    };

    private static string Build()
    {
        string library = Path.Combine(Directory.CreateTempSubdirectory("conference-clock-").FullName, "shifted_clock.so");
        string source = RepositoryRoot.File("tests", "Cluster.Tests", "Support", "shifted_clock.c");
        using var compiler = Process.Start("gcc", ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
