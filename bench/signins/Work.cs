using System.Diagnostics;
using System.Globalization;

namespace Conference.Bench.SignIns;

/// <summary>One thing done over and over on one thread, by that thread's own CPU time: neighbours on the machine do not count.</summary>
internal static class Work
{
    public static void Measure(string what, TimeSpan length, Func<bool> once)
    {
        for (int i = 0; i < 3; i++)
            Do(once);
        long count = 0;
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < length)
        {
            Do(once);
            count++;
        }

        process.Refresh();
        double seconds = (process.TotalProcessorTime - cpu).TotalSeconds;
        Print(what, string.Create(CultureInfo.InvariantCulture, $"{count / seconds:N1}/s, {seconds / count * 1e6:N1} us each"));
    }

    public static void Print(string what, string value) => Console.WriteLine($"{what,-52} {value}");

    private static void Do(Func<bool> once)
    {
        if (!once())
            throw new InvalidOperationException("it was refused");
    }
}
