using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Conference.Integration.Tests.Authentication;

/// <summary>A client that speaks TLS, from the first byte or from STLS on, and trusts whoever answers.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly SslStream _stream;
    private readonly StreamReader _reader;

    private TlsClient(Socket socket, SslStream stream)
    {
        (_socket, _stream) = (socket, stream);
        _reader = new StreamReader(stream, new UTF8Encoding(false));
    }

    /// <summary>Of the certificate the node showed.</summary>
    public string Thumbprint => ((X509Certificate2)_stream.RemoteCertificate!).Thumbprint;

    public SslProtocols Version => _stream.SslProtocol;

    public static async Task<TlsClient> ConnectAsync(NodeProcess node, SslProtocols versions = SslProtocols.None)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, node.TlsPort);
        var client = await HandshakeAsync(socket, versions);
        Assert.Equal("100 QCVC/1.0", await client.ReadAsync());
        return client;
    }

    /// <summary>Says STLS and, in the same segment, whatever else; then begins TLS.</summary>
    public static async Task<TlsClient> StartTlsAsync(TestClient clear, string pipelined = "")
    {
        await clear.SendAsync($"STLS\r\n{pipelined}");
        Assert.Equal("220 ready", await clear.ReadAsync());
        return await HandshakeAsync(clear.Tcp, SslProtocols.None);
    }

    public async Task<string?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(TestClient.Limit);
        try
        {
            return await _reader.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("the node said nothing");
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task SendAsync(string text)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await _stream.FlushAsync();
    }

    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadAsync() ?? throw new IOException("the node has closed");
    }

    public async Task ExpectAsync(string line, string reply) => Assert.Equal(reply, await AskAsync(line));

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static async Task<TlsClient> HandshakeAsync(Socket socket, SslProtocols versions)
    {
        var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        using var limit = new CancellationTokenSource(TestClient.Limit);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "first.test",
                EnabledSslProtocols = versions,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }, limit.Token);
        return new TlsClient(socket, stream);
    }
}
