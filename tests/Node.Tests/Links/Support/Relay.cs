using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Conference.Node.Tests.Links.Support;

/// <summary>The network between two nodes: carries bytes, until the test says that it stands still.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly IPEndPoint _to;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _moving = Done();

    public Relay(IPEndPoint to)
    {
        _to = to;
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Takes connections and bytes as before, and passes nothing on.</summary>
    public void Freeze() => _moving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held up goes on.</summary>
    public void Thaw() => _moving.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Thaw();
        foreach (var client in _clients)
            client.Dispose();
        await _accepting;
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync();
                var far = new TcpClient();
                _clients.Add(near);
                _clients.Add(far);
                await far.ConnectAsync(_to);
                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            int count;
            while ((count = await from.GetStream().ReadAsync(buffer)) > 0)
            {
                await _moving.Task;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end is gone.
        }

        from.Close();
        to.Close();
    }
}
