using System.Net.WebSockets;
using Conference.Actors.Cluster;
using Conference.Node.Links;

namespace Conference.Node.Tests.Links.Support;

/// <summary>A WebSocket to a node's link port, and what goes over it in the test's hands.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private Stranger(ClientWebSocket socket, LinkCredentials credentials, byte[] theirCertificate)
    {
        (Socket, Credentials, TheirCertificate) = (socket, credentials, theirCertificate);
        Channel = new HandshakeChannel(socket);
    }

    public ClientWebSocket Socket { get; }

    public HandshakeChannel Channel { get; }

    public LinkCredentials Credentials { get; }

    public byte[] TheirCertificate { get; }

    public static async Task<Stranger> ConnectAsync(LinkHost to, LinkCredentials? credentials = null, string path = "/link")
    {
        credentials ??= LinkCredentials.SelfSigned(TimeProvider.System);
        byte[]? seen = null;
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = credentials.ForDialer(c => seen = c), UseProxy = false });
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new Uri($"wss://{to.Links.LocalEndPoint}{path}"), invoker, patience.Token);
            return new Stranger(socket, credentials, seen!);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The handshake as a node does it.</summary>
    /// <exception cref="LinkRefusedException">Refused.</exception>
    public async Task<LinkPartner> ShakeHandsAsync(LinkHost host, NodeId self, Func<LinkOptions, LinkOptions>? change = null, NodeId? to = null)
    {
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        var options = LinkHost.DefaultOptions();
        return await new LinkHandshake(change?.Invoke(options) ?? options, self).DialAsync(
            Channel, to ?? host.Id, Credentials.Fingerprint, TheirCertificate, patience.Token);
    }

    public Task SendAsync(byte[] bytes) => Socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <returns>False when the connection is gone.</returns>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (Exception e) when (HandshakeChannel.IsOfTheConnection(e))
        {
            return false;
        }
    }

    public async Task<byte[]> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        return await Channel.ReceiveAsync(patience.Token);
    }

    /// <summary>Reads on to the end, and ends it here too.</summary>
    /// <returns>What the other side closed with; null when it just cut.</returns>
    public async Task<int?> EndAsync()
    {
        byte[] buffer = new byte[65_536];
        using var patience = new CancellationTokenSource(LinkHost.Patience);
        try
        {
            while ((await Socket.ReceiveAsync(buffer, patience.Token)).MessageType != WebSocketMessageType.Close)
            {
            }

            return (int?)Socket.CloseStatus;
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return null;
        }
        finally
        {
            Socket.Abort();
        }
    }

    public ValueTask DisposeAsync()
    {
        Socket.Abort();
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
