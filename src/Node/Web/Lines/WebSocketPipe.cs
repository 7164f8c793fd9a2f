using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Conference.Node.Web.Lines;

/// <summary>
/// A WebSocket as a stream of lines: a text frame in is a line or several, a line out is a text frame. A client that does not read holds up
/// <see cref="Output"/>, as on TCP.
/// </summary>
internal sealed class WebSocketPipe(WebSocket socket) : IDuplexPipe
{
    /// <summary>How long the last words, and then the client's goodbye, are waited for.</summary>
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(2);

    // More than the longest line, so that a line that is too long is found out.
    private readonly Pipe _in = new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048, minimumSegmentSize: 2048, useSynchronizationContext: false));
    private readonly Pipe _out = new(new PipeOptions(minimumSegmentSize: 512, useSynchronizationContext: false));

    private WebSocketCloseStatus _status = WebSocketCloseStatus.NormalClosure;
    private string? _reason;

    public PipeReader Input => _in.Reader;

    public PipeWriter Output => _out.Writer;

    /// <summary>Carries lines both ways until <paramref name="serve"/> is done with them; then says goodbye.</summary>
    public async Task RunAsync(Func<Task> serve)
    {
        using var over = new CancellationTokenSource();
        var received = ReceiveAsync(over.Token);
        var sent = SendAsync(over.Token);
        try
        {
            await serve();
        }
        finally
        {
            await _in.Reader.CompleteAsync();
            await _out.Writer.CompleteAsync();
            await PartAsync(sent, received);
            await over.CancelAsync();
            await Task.WhenAll(sent, received);
        }
    }

    /// <summary>A connection that is cut while the client still speaks may cost it the last words.</summary>
    private async Task PartAsync(Task sent, Task received)
    {
        using var limit = new CancellationTokenSource(_goodbye);
        try
        {
            await sent.WaitAsync(limit.Token);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(_status, _reason, limit.Token);
            await received.WaitAsync(limit.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // It is gone, or does not care.
        }
    }

    /// <summary>Ends by itself, whatever the client does.</summary>
    private async Task ReceiveAsync(CancellationToken over)
    {
        try
        {
            bool endsLine = false;
            while (true)
            {
                var buffer = _in.Writer.GetMemory(1024);
                var frame = await socket.ReceiveAsync(buffer[..^1], over);
                if (frame.MessageType == WebSocketMessageType.Close)
                    return;
                if (frame.MessageType == WebSocketMessageType.Binary)
                {
                    (_status, _reason) = (WebSocketCloseStatus.InvalidMessageType, "text frames only");
                    return;
                }

                int bytes = frame.Count;
                if (bytes > 0)
                    endsLine = buffer.Span[bytes - 1] == (byte)'\n';
                if (frame.EndOfMessage && !endsLine)
                    buffer.Span[bytes++] = (byte)'\n';
                if (frame.EndOfMessage)
                    endsLine = false;
                _in.Writer.Advance(bytes);
                await _in.Writer.FlushAsync(over);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The client is gone.
        }
        finally
        {
            await _in.Writer.CompleteAsync();
        }
    }

    private async Task SendAsync(CancellationToken over)
    {
        try
        {
            while (true)
            {
                var written = await _out.Reader.ReadAsync(over);
                var rest = written.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    // Each ends in CR and LF, which frames do without.
                    var line = rest.Slice(0, end);
                    await SendAsync(line.Slice(0, line.Length - 1), over);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                _out.Reader.AdvanceTo(rest.Start, rest.End);
                if (written.IsCompleted)
                    return;
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The client is gone; reading finds that out too.
        }
        finally
        {
            await _out.Reader.CompleteAsync();
        }
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> line, CancellationToken over)
    {
        if (line.IsSingleSegment)
        {
            await socket.SendAsync(line.First, WebSocketMessageType.Text, endOfMessage: true, over);
            return;
        }

        byte[] whole = line.ToArray();
        await socket.SendAsync(whole, WebSocketMessageType.Text, endOfMessage: true, over);
    }

    private static bool IsEnd(Exception e) => e is WebSocketException or OperationCanceledException or IOException;
}
