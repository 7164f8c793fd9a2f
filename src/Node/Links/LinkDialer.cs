using System.Net;
using System.Net.WebSockets;
using System.Security.Authentication;
using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>Makes links to nodes with a greater id.</summary>
internal sealed class LinkDialer(LinkContext context, NodeId self)
{
    public const string Path = "/link";

    private readonly LinkHandshake _handshake = new(context.Options, self);

    /// <exception cref="LinkRefusedException">There is none.</exception>
    /// <exception cref="OperationCanceledException">It is not wanted any more.</exception>
    public async Task<Link> DialAsync(NodeId to, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(context.Options.Timings.Handshake, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var credentials = context.Options.Credentials();
        ClientWebSocket? socket = new();
        try
        {
            byte[] certificate = await ConnectAsync(socket, endPoint, credentials, either.Token);
            var channel = new HandshakeChannel(socket);
            LinkPartner partner;
            try
            {
                partner = await _handshake.DialAsync(channel, to, credentials.Fingerprint, certificate, either.Token);
            }
            catch (LinkRefusedException e) when (e.IsOurs)
            {
                await channel.RefuseAsync(e.Refusal, either.Token);
                throw;
            }

            var link = new Link(partner, socket, static () => { }, context.Options, context.Traffic, context.Time);
            socket = null;
            return link;
        }
        catch (LinkRefusedException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            socket?.Abort();
            socket?.Dispose();
        }
    }

    /// <returns>SHA-256 of the listener's certificate.</returns>
    private async Task<byte[]> ConnectAsync(ClientWebSocket socket, IPEndPoint endPoint, LinkCredentials credentials, CancellationToken cancellationToken)
    {
        byte[]? certificate = null;
        // A handler of its own for every connection: what it has seen is of this one.
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = credentials.ForDialer(seen => certificate = seen),
            ConnectTimeout = context.Options.Timings.Handshake,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxResponseHeadersLength = 4,
            ActivityHeadersPropagator = null,
        });
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        try
        {
            await socket.ConnectAsync(new UriBuilder(Uri.UriSchemeWss, endPoint.Address.ToString(), endPoint.Port, Path).Uri, invoker, cancellationToken);
        }
        catch (Exception e) when (HandshakeChannel.IsOfTheConnection(e) || e is HttpRequestException)
        {
            bool isTls = Causes(e).Any(c => c is AuthenticationException);
            string why = cancellationToken.IsCancellationRequested ? "No answer in time." : Causes(e).Last().Message;
            throw new LinkRefusedException(isTls ? LinkRefusal.Tls : LinkRefusal.Unreachable, isOurs: true, why);
        }

        return certificate ?? throw new LinkRefusedException(LinkRefusal.Tls, isOurs: true);
    }

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }
}
