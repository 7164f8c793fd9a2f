using System.IO.Pipelines;
using System.Security.Authentication;
using Conference.Node.Files;
using Conference.Node.Metrics;

namespace Conference.Node.Qcvc.Tls;

/// <summary>Where connections become encrypted ones, if the operator gave a certificate.</summary>
/// <param name="certificate">The one there is now; null where there is none.</param>
/// <param name="metrics">Counts handshakes.</param>
public sealed class TlsGate(Reloading<ServerCertificate>? certificate, TlsMetrics metrics)
{
    /// <summary>How long a client may take over its handshake.</summary>
    public static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    public bool IsOpen => certificate is not null;

    /// <returns>Null when it failed; the connection is of no further use then.</returns>
    public async Task<TlsPipe?> AcceptAsync(IDuplexPipe connection)
    {
        if (certificate is null)
            return null;
        using var limit = new CancellationTokenSource(HandshakeLimit);
        try
        {
            var pipe = await TlsPipe.AcceptAsync(connection, certificate.Current, limit.Token);
            metrics.Handshake("ok");
            return pipe;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            metrics.Handshake(limit.IsCancellationRequested ? "timeout" : "failed");
            return null;
        }
    }
}
