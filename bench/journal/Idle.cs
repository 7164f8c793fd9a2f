namespace Conference.Bench.Journal;

internal static class Idle
{
    /// <summary>Cores that this process uses while nothing happens.</summary>
    internal static async Task<double> RunAsync(TimeSpan time)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        var before = Environment.CpuUsage.TotalTime;
        await Task.Delay(time);
        return (Environment.CpuUsage.TotalTime - before) / time;
    }
}
