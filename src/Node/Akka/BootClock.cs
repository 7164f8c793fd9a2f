using System.Runtime.InteropServices;

namespace Conference.Node.Akka;

/// <summary>
/// The clock that says how long a majority has not been heard: it never goes back, nobody can set it, and it goes on while the machine sleeps
/// (CLOCK_BOOTTIME). The one of <see cref="TimeProvider.System"/> stands still then, and a node that slept would take what it last heard for fresh.
/// </summary>
internal sealed class BootClock : TimeProvider
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootClock()
    {
    }

    /// <summary>The system's own where there is no such clock.</summary>
    public static TimeProvider Instance { get; } = OperatingSystem.IsLinux() && Read(ClockBootTime, out _) == 0 ? new BootClock() : System;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp()
    {
        _ = Read(ClockBootTime, out var now);
        return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
    }

    // It reads a page the kernel shares with every process: too short to tell the collector of.
    [DllImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static extern int Read(int clock, out TimeOfClock now);

    /// <summary>A timespec of 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeOfClock
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
