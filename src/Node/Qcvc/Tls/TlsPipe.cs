using System.IO.Pipelines;
using System.Net.Security;

namespace Conference.Node.Qcvc.Tls;

/// <summary>A connection's pipes once more, with TLS between. Like those below it holds no buffer while nothing happens.</summary>
public sealed class TlsPipe : IDuplexPipe, IAsyncDisposable
{
    /// <summary>How long a client may take to let us say goodbye.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    // A zero-byte read first: the buffer is rented when there is something to put into it.
    private static readonly StreamPipeReaderOptions _reading = new(bufferSize: 2048, minimumReadSize: 512, leaveOpen: true, useZeroByteReads: true);
    private static readonly StreamPipeWriterOptions _writing = new(minimumBufferSize: 512, leaveOpen: true);

    private readonly SslStream _stream;

    private TlsPipe(SslStream stream)
    {
        _stream = stream;
        Input = PipeReader.Create(stream, _reading);
        Output = PipeWriter.Create(stream, _writing);
    }

    /// <summary>By which the client means this service (RFC 6066); null where it does not say.</summary>
    public string? ServerName => _stream.TargetHostName is { Length: > 0 } name ? name : null;

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <exception cref="Exception">The handshake failed or was not done in time: what SslStream, the connection or the token throws.</exception>
    public static async Task<TlsPipe> AcceptAsync(IDuplexPipe below, ServerCertificate certificate, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new DuplexStream(below), leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsServerAsync(certificate.Options, cancellationToken);
            return new TlsPipe(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says that this is all, so that the client can tell it from a connection cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.ShutdownAsync().WaitAsync(_farewell);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException or TimeoutException)
        {
            // The client is gone, or does not read.
        }

        await Input.CompleteAsync();
        try
        {
            await Output.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // As above: what was not sent never will be.
        }

        await _stream.DisposeAsync();
    }
}
