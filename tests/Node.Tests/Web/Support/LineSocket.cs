using System.Net.WebSockets;
using System.Text;

namespace Conference.Node.Tests.Web.Support;

/// <summary>A WebSocket whose frames are lines.</summary>
internal sealed class LineSocket : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private LineSocket(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static async Task<LineSocket> ConnectAsync(Uri address, string? origin = null)
    {
        var socket = new ClientWebSocket();
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            using var limit = new CancellationTokenSource(_patience);
            await socket.ConnectAsync(address, limit.Token);
            return new LineSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SayAsync(string frame, WebSocketMessageType type = WebSocketMessageType.Text, bool isLast = true)
    {
        using var limit = new CancellationTokenSource(_patience);
        await Socket.SendAsync(Encoding.UTF8.GetBytes(frame), type, isLast, limit.Token);
    }

    /// <summary>One frame; null once the other end has said goodbye.</summary>
    public async Task<string?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        byte[] buffer = new byte[8192];
        var frame = await Socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
        Assert.True(frame.EndOfMessage);
        if (frame.MessageType == WebSocketMessageType.Close)
            return null;
        Assert.Equal(WebSocketMessageType.Text, frame.MessageType);
        return Encoding.UTF8.GetString(buffer, 0, frame.Count);
    }

    public async Task<string?> AskAsync(string frame)
    {
        await SayAsync(frame);
        return await ReadAsync();
    }

    /// <summary>Behind the greeting: in a room, with the path where its media is negotiated.</summary>
    public async Task<string> JoinAsync(string room = "standup")
    {
        Assert.Equal("100 QCVC/1.0", await ReadAsync());
        Assert.Equal("303 video 11443", await AskAsync($"CONN video {room}@localhost"));
        return await PathAsync();
    }

    public async Task<string> PathAsync()
    {
        string token = await AskAsync("GETP session token") ?? "";
        Assert.Matches("^310 session token [0-9a-f]{32}$", token);
        return "/qcvc/" + token[^32..];
    }

    public void Dispose() => Socket.Dispose();
}
