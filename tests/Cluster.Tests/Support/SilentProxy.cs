using System.Net;
using System.Net.Sockets;

namespace Conference.Cluster.Tests.Support;

/// <summary>Stands between a node and its database, and can fall silent: connections stay open and carry nothing.</summary>
public sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _mayPass = Passing();
    private int _held;

    /// <param name="target">The database.</param>
    /// <param name="address">Where it listens; loopback without.</param>
    public SilentProxy(IPEndPoint target, IPAddress? address = null)
    {
        _target = target;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that came since it fell silent, each of another connection, and wait here.</summary>
    public int Held => _held;

    public void FallSilent()
    {
        _held = 0;
        _mayPass = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Speak() => _mayPass.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Speak();
        _listener.Dispose();
        await _accepting;
    }

    private static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource();
        passing.SetResult();
        return passing;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = CarryAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await _mayPass.Task.WaitAsync(_stop.Token);
                await server.ConnectAsync(_target, _stop.Token);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), () => Interlocked.Increment(ref _held)),
                    PumpAsync(server.GetStream(), client.GetStream(), () => { }));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // One side has gone.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Action holds)
    {
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (!_mayPass.Task.IsCompleted)
                holds();
            await _mayPass.Task.WaitAsync(_stop.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
