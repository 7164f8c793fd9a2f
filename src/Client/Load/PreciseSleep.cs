using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Conference.Client.Load;

/// <summary>Sleep to well below a millisecond: Thread.Sleep rounds up to whole ones, which would make bursts of a steady rate.</summary>
internal static class PreciseSleep
{
    private const int SetTimerSlack = 29;

    /// <summary>For the calling thread: wake within microseconds of the time asked for, instead of Linux's usual 50.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsLinux())
            _ = Control(SetTimerSlack, 1000, 0, 0, 0);
    }

    /// <param name="due"><see cref="Stopwatch"/> ticks.</param>
    public static void Until(long due)
    {
        long nanoseconds = (long)((due - Stopwatch.GetTimestamp()) * (1e9 / Stopwatch.Frequency));
        if (nanoseconds <= 0)
            return;
        if (!OperatingSystem.IsLinux())
        {
            Thread.Sleep((int)(nanoseconds / 1_000_000));
            return;
        }

        var time = new TimeSpec((nint)(nanoseconds / 1_000_000_000), (nint)(nanoseconds % 1_000_000_000));
        _ = NanoSleep(ref time, 0);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(ref TimeSpec time, nint remaining);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec(nint seconds, nint nanoseconds)
    {
        public nint Seconds = seconds;
        public nint Nanoseconds = nanoseconds;
    }
}
