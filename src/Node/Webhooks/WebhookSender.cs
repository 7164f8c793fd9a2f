using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Conference.Node.Webhooks;

/// <summary>
/// Sends one event to a receiver, once. Nothing of a receiver is believed or followed: redirects and cookies are not, an answer's body is not read, and where
/// its name leads is looked at for each connection, so that a name that leads elsewhere by now leads nowhere.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    internal const string IdHeader = "Conference-Event", TimeHeader = "Conference-Time", SignatureHeader = "Conference-Signature";

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);

    /// <summary>What is thrown away of a body so that the connection may be used again, in KiB; beyond, the connection is closed.</summary>
    private const int MostBodyKilobytes = 4;

    private const int MostHeaderKilobytes = 8;

    private readonly bool _allowPrivate;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly HttpMessageInvoker _http;

    /// <param name="allowPrivate">Receivers may be anywhere.</param>
    /// <param name="time">What is sent says when.</param>
    /// <param name="limit">For all of it, name, connection, TLS and the answer's headers; null: 10 s.</param>
    public WebhookSender(bool allowPrivate, TimeProvider time, TimeSpan? limit = null)
    {
        (_allowPrivate, _time, _limit) = (allowPrivate, time, limit ?? _deadline);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would look up the name by itself.
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = MostHeaderKilobytes,
            MaxResponseDrainSize = MostBodyKilobytes * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            // Who has many events has the next soon; and nobody's connections fill a node's descriptors.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        });
    }

    public void Dispose() => _http.Dispose();

    /// <summary><c>sha256=</c> and the HMAC of time, a dot, and body, in hexadecimal.</summary>
    internal static string Sign(string secret, string time, string body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")));

    /// <exception cref="OperationCanceledException">It was given up, and not for the receiver's sake.</exception>
    public async Task<Attempt> SendAsync(string url, string secret, string id, string body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        string time = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add("User-Agent", "conference");
        request.Headers.Add(IdHeader, id);
        request.Headers.Add(TimeHeader, time);
        request.Headers.Add(SignatureHeader, Sign(secret, time, body));
        try
        {
            // Returns with the headers: nobody asks for the body.
            using var response = await _http.SendAsync(request, limit.Token);
            int status = (int)response.StatusCode;
            string? reason = status switch
            {
                >= 200 and < 300 => null,
                >= 300 and < 400 => $"answered {status}: redirects are not followed",
                _ => $"answered {status}",
            };
            return new Attempt(status, reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt(null, $"no answer within {_limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new Attempt(null, ReasonOf(e));
        }
    }

    /// <summary>Never what an exception says: that holds names and addresses.</summary>
    private static string ReasonOf(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is NotPublicException)
                return "its name leads to an address that is not public";
        }

        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "its name is not known",
            HttpRequestError.ConnectionError => "no connection",
            HttpRequestError.SecureConnectionError => "its certificate is not good, or it speaks no TLS",
            HttpRequestError.ConfigurationLimitExceeded => "the answer's headers are too long",
            _ => "no answer that is HTTP",
        };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        // One that is not public is enough: nobody who means well has both.
        if (!_allowPrivate && Array.Exists(found, a => !PublicAddress.Is(a)))
            throw new NotPublicException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class NotPublicException : Exception;
}

/// <summary>What became of one sending.</summary>
/// <param name="Status">Of the answer; null where there was none.</param>
/// <param name="Reason">Why it failed, in words without names; null where it did not.</param>
internal readonly record struct Attempt(int? Status, string? Reason);
