using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Conference.Client.Load;

/// <summary>Linux's epoll(7), level-triggered: a socket not read empty comes again.</summary>
internal sealed class EpollSockets : ReadySockets
{
    private const int MaxEvents = 256;
    private const int AddOperation = 1;
    private const int Readable = 1;

    // struct epoll_event is packed on x86-64 (12 bytes) and nowhere else (16).
    private static readonly int _words = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;
    private static readonly int _data = _words - 2;

    private readonly int[] _events = new int[MaxEvents * _words];
    private readonly int _epoll;

    public EpollSockets()
    {
        _epoll = Create(0);
        if (_epoll < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public override void Add(Socket socket, int number)
    {
        int[] one = new int[_words];
        (one[0], one[_data]) = (Readable, number);
        if (Control(_epoll, AddOperation, (int)socket.Handle, one) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public override int Wait(Span<int> ready, int milliseconds)
    {
        int count = Wait(_epoll, _events, Math.Min(MaxEvents, ready.Length), milliseconds);
        for (int i = 0; i < count; i++)
            ready[i] = _events[(i * _words) + _data];
        // Interrupted by a signal: nothing ready, this time.
        return Math.Max(0, count);
    }

    protected override void Dispose(bool disposing)
    {
        _ = Close(_epoll);
        base.Dispose(disposing);
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int epoll, int operation, int socket, int[] one);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(int epoll, [In, Out] int[] events, int count, int milliseconds);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
