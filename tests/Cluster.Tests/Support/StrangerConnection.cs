using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Cluster.Tests.Support;

/// <summary>Somebody at the port for other nodes.</summary>
internal static class StrangerConnection
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    /// <summary>Connects, says something, and takes what it is given until the other side has enough.</summary>
    /// <returns>How many bytes that was.</returns>
    public static async Task<int> SayAsync(IPEndPoint port, byte[] said)
    {
        using var tcp = new TcpClient();
        using var limit = new CancellationTokenSource(_limit);
        await tcp.ConnectAsync(port, limit.Token);
        return await ExchangeAsync(tcp.GetStream(), said, limit.Token);
    }

    /// <summary>The same, in TLS.</summary>
    /// <param name="port">Where.</param>
    /// <param name="certificate">What it shows; null shows nothing.</param>
    /// <param name="protocols">What it speaks.</param>
    /// <param name="said">After the handshake, if that comes to an end.</param>
    /// <returns>How many bytes were said to it beyond the handshake.</returns>
    public static async Task<int> SayAsync(IPEndPoint port, X509Certificate2? certificate, SslProtocols protocols, byte[] said)
    {
        using var tcp = new TcpClient();
        using var limit = new CancellationTokenSource(_limit);
        await tcp.ConnectAsync(port, limit.Token);
        await using var tls = Wrap(tcp);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(certificate, protocols), limit.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return 0;
        }

        return await ExchangeAsync(tls, said, limit.Token);
    }

    /// <summary>The protocol that is agreed on with who shows the right certificate.</summary>
    public static async Task<SslProtocols> HandshakeAsync(IPEndPoint port, X509Certificate2 certificate)
    {
        using var tcp = new TcpClient();
        using var limit = new CancellationTokenSource(_limit);
        await tcp.ConnectAsync(port, limit.Token);
        await using var tls = Wrap(tcp);
        await tls.AuthenticateAsClientAsync(Options(certificate, SslProtocols.None), limit.Token);
        return tls.SslProtocol;
    }

#pragma warning disable CA5359 // A stranger takes whatever it is shown.
    private static SslStream Wrap(TcpClient tcp) => new(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359

    private static SslClientAuthenticationOptions Options(X509Certificate2? certificate, SslProtocols protocols) => new()
    {
        TargetHost = "conference",
        EnabledSslProtocols = protocols,
        ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
    };

    private static async Task<int> ExchangeAsync(System.IO.Stream stream, byte[] said, CancellationToken cancellationToken)
    {
        int heard = 0;
        try
        {
            await stream.WriteAsync(said, cancellationToken);
            byte[] buffer = new byte[4096];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
                heard += read;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Cut.
        }

        return heard;
    }
}
