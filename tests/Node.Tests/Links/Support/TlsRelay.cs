using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Conference.Node.Links;

namespace Conference.Node.Tests.Links.Support;

/// <summary>Somebody who sits between two nodes, ends the TLS of both with a certificate of his own, and passes on every byte.</summary>
internal sealed class TlsRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly LinkCredentials _credentials = LinkCredentials.SelfSigned(TimeProvider.System);
    private readonly IPEndPoint _to;
    private readonly Task _accepting;

    public TlsRelay(IPEndPoint to)
    {
        _to = to;
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient near)
    {
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_to);
            await using var nearTls = new SslStream(near.GetStream());
            await using var farTls = new SslStream(far.GetStream());
            await nearTls.AuthenticateAsServerAsync(_credentials.ForListener());
            await farTls.AuthenticateAsClientAsync(_credentials.ForDialer(_ => { }));
            await Task.WhenAny(nearTls.CopyToAsync(farTls), farTls.CopyToAsync(nearTls));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // One end is gone.
        }

        near.Dispose();
    }
}
