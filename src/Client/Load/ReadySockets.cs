using System.Net.Sockets;

namespace Conference.Client.Load;

/// <summary>Waits for many sockets at once. One thread.</summary>
internal abstract class ReadySockets : IDisposable
{
    public static ReadySockets Create(IReadOnlyList<Socket> sockets) =>
        OperatingSystem.IsLinux() ? new EpollSockets(sockets) : new SelectSockets(sockets);

    /// <summary>Waits until one or more can be read, or the time is over.</summary>
    /// <param name="ready">Gets their indices.</param>
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
internal sealed class SelectSockets(IReadOnlyList<Socket> sockets) : ReadySockets
{
    private readonly Dictionary<Socket, int> _indices = sockets.Select((s, i) => (s, i)).ToDictionary();

    public override int Wait(Span<int> ready, int milliseconds)
    {
        var readable = new List<Socket>(sockets);
        Socket.Select(readable, null, null, milliseconds * 1000);
        int count = 0;
        foreach (var socket in readable.Take(ready.Length))
            ready[count++] = _indices[socket];
        return count;
    }
}
