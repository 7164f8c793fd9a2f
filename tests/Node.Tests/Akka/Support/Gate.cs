using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Conference.Node.Tests.Akka.Support;

/// <summary>What stands on the way of TCP connections to a port: lets them through, or resets them and refuses new ones, as a process that is gone.</summary>
internal sealed class Gate : IDisposable
{
    private readonly IPEndPoint _target;
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private Socket? _listener;

    public Gate(IPEndPoint at, IPEndPoint target)
    {
        _target = target;
        EndPoint = at;
        Open();
    }

    public IPEndPoint EndPoint { get; private set; }

    public void Open()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(EndPoint);
        listener.Listen();
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    /// <summary>Whoever is connected is reset; whoever comes is refused.</summary>
    public void Refuse()
    {
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        foreach (var socket in _open.Keys)
            Reset(socket);
    }

    public void Dispose() => Refuse();

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                _ = PassAsync(socket, listener);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was closed.
        }
    }

    private async Task PassAsync(Socket near, Socket listener)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (_open[near], _open[far]) = (true, true);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(_target);
            if (_listener != listener)
                return;
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either end is gone.
        }
        finally
        {
            Reset(near);
            Reset(far);
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
                await to.SendAsync(buffer.AsMemory(0, read));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either end is gone.
        }
    }
}
