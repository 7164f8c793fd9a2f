namespace Conference.Media.Tests.Support;

/// <summary>This process's sockets, epolls and eventfds. Not its files: the runtime loads assemblies when it pleases.</summary>
internal static class Descriptors
{
    public static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Count(fd =>
        new FileInfo(fd).LinkTarget is { } target
        && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)));
}
