using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Conference.Protocol.Replies;

namespace Conference.Node.Web.Whip;

/// <summary>
/// A client of QCVC in the node itself, for those who speak nothing but HTTP: lines in memory, one command at a time. What comes unasked is passed over. It lives
/// as long as its session.
/// </summary>
internal sealed class InProcessClient
{
    private readonly Pipe _commands = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _lines = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Lock _gate = new();

    // Both are guarded by _gate.
    private TaskCompletionSource<Reply>? _waiting;
    private Reply? _last;

    /// <param name="serve">Carries the session, from its greeting to its end.</param>
    public InProcessClient(Func<IDuplexPipe, Action, Task> serve)
    {
        _ = ServeAsync(serve);
        _ = ReadAsync();
    }

    /// <returns>Its answer; the 421 of a session that is over.</returns>
    public async Task<Reply> AskAsync(string command)
    {
        Task<Reply> answer;
        lock (_gate)
        {
            if (_last is { } last)
                return last;
            _waiting = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = _waiting.Task;
        }

        await _commands.Writer.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        return await answer;
    }

    /// <summary>The session ends once what it was told is done.</summary>
    public async Task QuitAsync() => await AskAsync("QUIT");

    private async Task ServeAsync(Func<IDuplexPipe, Action, Task> serve)
    {
        try
        {
            await serve(new Ends(_commands.Reader, _lines.Writer), () => _lines.Writer.Complete());
        }
        finally
        {
            await _commands.Reader.CompleteAsync();
            await _lines.Writer.CompleteAsync();
        }
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var read = await _lines.Reader.ReadAsync();
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                Take(Encoding.UTF8.GetString(rest.Slice(0, end)).TrimEnd('\r'));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            _lines.Reader.AdvanceTo(rest.Start, rest.End);
            if (!read.IsCompleted)
                continue;
            await _lines.Reader.CompleteAsync();
            End(Reply.Closing("session over"));
            return;
        }
    }

    private void Take(string line)
    {
        if (!Reply.TryParse(line, out var reply) || (reply.Code is < 200 or 203 && !reply.IsToldToWait))
            return;
        if (reply.Code == Reply.ClosingCode)
            End(reply);
        else
        {
            lock (_gate)
                _waiting?.TrySetResult(reply);
        }
    }

    private void End(Reply last)
    {
        lock (_gate)
        {
            _last ??= last;
            _waiting?.TrySetResult(_last);
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
