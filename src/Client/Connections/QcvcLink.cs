using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Client.Connections;

/// <summary>One TCP connection, in clear text or with TLS on it, and the lines that come out of it. One reader and one writer at a time.</summary>
internal sealed class QcvcLink : IDisposable
{
    private readonly Socket _socket;
    private Stream _stream;

    /// <param name="socket">Connected; owned from here on.</param>
    public QcvcLink(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
        LocalAddress = ((IPEndPoint)socket.LocalEndPoint!).Address;
        RemoteAddress = ((IPEndPoint)socket.RemoteEndPoint!).Address;
    }

    public IPAddress LocalAddress { get; }

    public IPAddress RemoteAddress { get; }

    public LineBuffer Lines { get; private set; } = new();

    public bool IsEncrypted { get; private set; }

    public bool IsLocal => IPAddress.IsLoopback(RemoteAddress);

    /// <summary>Reads once, into <see cref="Lines"/>.</summary>
    /// <returns>False when the server has closed.</returns>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancel)
    {
        int count = await _stream.ReadAsync(Lines.Free, cancel);
        Lines.Advance(count);
        return count > 0;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => _stream.WriteAsync(bytes, cancel);

    /// <summary>The handshake. What was read before it is forgotten with its buffer, so that no word said in the clear counts after it.</summary>
    /// <exception cref="QcvcException">It failed, or the certificate is not to be trusted for <paramref name="host"/>.</exception>
    public async Task StartTlsAsync(string host, X509Certificate2Collection roots, CancellationToken cancel)
    {
        if (!Lines.IsEmpty)
            throw new QcvcException("TLS did not begin: something was said in clear text where only the handshake belongs");
        var check = new CertificateCheck(host, roots);
        var stream = new SslStream(_stream);
        _stream = stream;
        try
        {
            await stream.AuthenticateAsClientAsync(check.Options, cancel);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw new QcvcException(check.Objection ?? $"the TLS handshake failed: {e.Message}", e);
        }

        Lines = new LineBuffer();
        IsEncrypted = true;
    }

    /// <summary>Wakes whoever reads or writes; from any thread.</summary>
    public void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
