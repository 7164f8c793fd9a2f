using System.Net.WebSockets;

namespace Conference.Node.Links;

/// <summary>A WebSocket while it carries the handshake: a message each, binary and small.</summary>
internal sealed class HandshakeChannel(WebSocket socket)
{
    /// <summary>Ten times what a message takes, and room for what later releases may add.</summary>
    private const int MaxMessageBytes = 4096;

    private readonly byte[] _buffer = new byte[MaxMessageBytes];

    /// <exception cref="LinkRefusedException">The connection broke off.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            throw Broken(cancellationToken);
        }
    }

    /// <returns>A message, the caller's own.</returns>
    /// <exception cref="LinkRefusedException">The other side refused, said something else, or the connection broke off.</exception>
    public async Task<byte[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            }
            catch (Exception e) when (IsOfTheConnection(e))
            {
                throw Broken(cancellationToken);
            }

            if (received.MessageType == WebSocketMessageType.Close)
                throw new LinkRefusedException(LinkRefusals.FromCloseStatus((int?)socket.CloseStatus), isOurs: false);
            length += received.Count;
            if (received.MessageType != WebSocketMessageType.Binary || (length == MaxMessageBytes && !received.EndOfMessage))
                throw new LinkRefusedException(LinkRefusal.Malformed, isOurs: true);
            if (received.EndOfMessage)
                return _buffer[..length];
        }
    }

    /// <summary>Tells the other side why, if it still listens.</summary>
    public async Task RefuseAsync(LinkRefusal refusal, CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)refusal.ToCloseStatus(), refusal.Label(), cancellationToken);
            // It closes in its turn: what was said is not lost to a reset.
            while (socket.State == WebSocketState.CloseSent)
                await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        }
        catch (Exception e) when (IsOfTheConnection(e))
        {
            // It does not.
        }
    }

    public static bool IsOfTheConnection(Exception e) =>
        e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static LinkRefusedException Broken(CancellationToken cancellationToken) =>
        new(cancellationToken.IsCancellationRequested ? LinkRefusal.Timeout : LinkRefusal.Unreachable, isOurs: true);
}
