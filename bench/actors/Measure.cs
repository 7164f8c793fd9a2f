using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.Actors;

/// <param name="Name">What is measured.</param>
/// <param name="Unit">Of the figures.</param>
/// <param name="Target">What the median must beat; null where there is nothing to compare with.</param>
/// <param name="Peer">The range it comes from, as printed.</param>
/// <param name="Round">One round, in the unit.</param>
/// <param name="LessIsBetter">For sizes.</param>
internal sealed record Measure(
    string Name, string Unit, double? Target, string Peer, Func<Task<double>> Round, bool LessIsBetter = false)
{
    public async Task Print(int rounds)
    {
        await Round();
        var results = new double[rounds];
        var started = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < rounds; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            results[i] = await Round();
        }
        var cores = (Environment.CpuUsage.TotalTime - processor) / Stopwatch.GetElapsedTime(started);
        Array.Sort(results);
        var median = results[rounds / 2];
        var reached = Target is not { } target ? "" : (LessIsBetter ? median < target : median > target) ? "yes" : "NO";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Name,-34}{results[0],9:0.##}{median,9:0.##}{results[^1],9:0.##}  {Unit,-11}{cores,6:0.0}{Peer,10}  {reached}"));
    }
}
