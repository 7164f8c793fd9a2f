using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Conference.Client.Load;

/// <summary>Waits for many sockets at once. One thread.</summary>
internal abstract class ReadySockets : IDisposable
{
    public static ReadySockets Create() => OperatingSystem.IsLinux() ? new EpollSockets() : new SelectSockets();

    /// <summary>From any thread.</summary>
    /// <param name="socket">To be waited for from now on, until it is closed.</param>
    /// <param name="number">What it is called by <see cref="Wait"/>.</param>
    public abstract void Add(Socket socket, int number);

    /// <summary>Waits until one or more can be read, or the time is over.</summary>
    /// <param name="ready">Gets their numbers.</param>
    /// <returns>How many.</returns>
    public abstract int Wait(Span<int> ready, int milliseconds);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>The portable way, slow from some hundreds on.</summary>
internal sealed class SelectSockets : ReadySockets
{
    private readonly ConcurrentDictionary<Socket, int> _numbers = new();

    public override void Add(Socket socket, int number) => _numbers[socket] = number;

    public override int Wait(Span<int> ready, int milliseconds)
    {
        var readable = new List<Socket>(_numbers.Keys);
        Socket.Select(readable, null, null, milliseconds * 1000);
        int count = 0;
        foreach (var socket in readable.Take(ready.Length))
            ready[count++] = _numbers[socket];
        return count;
    }
}
