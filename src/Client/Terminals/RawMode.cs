using System.Runtime.InteropServices;

namespace Conference.Client.Terminals;

/// <summary>
/// Every key is a byte at once and none is shown by the terminal itself, which would tear what is drawn: Ctrl-C too, so whoever reads the keys must heed it.
/// What the terminal did before is restored at the end. Unix only; a table without keys is what others get.
/// </summary>
internal sealed class RawMode : IDisposable
{
    private const int StandardInput = 0;
    private const int Now = 0;

    /// <summary>Larger than <c>struct termios</c> of any system; nobody but libc looks into it.</summary>
    private const int Size = 256;

    private readonly byte[] _before;

    private RawMode(byte[] before) => _before = before;

    /// <returns>Null where standard input is no terminal, or another program's (a job in the background).</returns>
    public static RawMode? TryEnter()
    {
        if (OperatingSystem.IsWindows() || Console.IsInputRedirected || GetForeground(StandardInput) != GetGroup())
            return null;
        byte[] before = new byte[Size];
        if (GetAttributes(StandardInput, before) != 0)
            return null;
        byte[] raw = [.. before];
        MakeRaw(raw);
        return SetAttributes(StandardInput, Now, raw) == 0 ? new RawMode(before) : null;
    }

    public void Dispose() => _ = SetAttributes(StandardInput, Now, _before);

    [DllImport("libc", EntryPoint = "tcgetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAttributes(int descriptor, [Out] byte[] attributes);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttributes(int descriptor, int when, byte[] attributes);

    [DllImport("libc", EntryPoint = "cfmakeraw")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void MakeRaw([In, Out] byte[] attributes);

    [DllImport("libc", EntryPoint = "tcgetpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetForeground(int descriptor);

    [DllImport("libc", EntryPoint = "getpgrp")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetGroup();
}
