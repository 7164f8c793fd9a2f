using System.Runtime.InteropServices;

namespace Conference.Node.Limits;

/// <summary>How many descriptors (files, sockets) the operating system lets this process have open: <c>ulimit -n</c>.</summary>
internal static class OpenFiles
{
    private const int LinuxNoFile = 7;
    private const int OtherNoFile = 8;

    /// <summary>Raises the soft limit to the hard one.</summary>
    /// <returns>The limit from now on; <see cref="int.MaxValue"/> where there is none.</returns>
    public static int Raise()
    {
        if (OperatingSystem.IsWindows())
            return int.MaxValue;
        int resource = OperatingSystem.IsLinux() ? LinuxNoFile : OtherNoFile;
        if (GetLimit(resource, out var limit) < 0)
            return int.MaxValue;
        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && SetLimit(resource, raised) == 0)
            limit = raised;
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    [DllImport("libc", EntryPoint = "getrlimit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    /// <summary><c>struct rlimit</c> of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private record struct Limit(ulong Soft, ulong Hard);
}
