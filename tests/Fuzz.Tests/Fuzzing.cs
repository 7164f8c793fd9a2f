using System.Diagnostics;

namespace Conference.Fuzz.Tests;

/// <summary>Runs a target over one seed after another for a while. What fails names its seed, and fails again with it.</summary>
internal static class Fuzzing
{
    /// <summary>The same seeds every time: what a change broke is found soon, what nobody has found is for the long run.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    public static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    public static void Run(TimeSpan budget, int firstSeed, Action<int> target)
    {
        var watch = Stopwatch.StartNew();
        for (int seed = firstSeed; watch.Elapsed < budget; seed++)
        {
            try
            {
                target(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }
}
