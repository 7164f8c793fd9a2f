using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Node.Metrics;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Node.Qcvc;

/// <summary>
/// One client's connection, over TCP or whatever else brings lines: bytes to commands for the session's actor, replies to bytes. Holds no buffer while nothing happens.
/// A client that sends faster than it is answered is read more slowly; one that does not read loses what it did
/// not ask for, and after <see cref="WriteLimit"/> the connection.
/// </summary>
public sealed class QcvcConnection : ISessionConnection, IDisposable
{
    /// <summary>How long a client may take to read what it was sent before it counts as dead.</summary>
    public static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(30);

    /// <summary>Unasked lines wait for a slow reader up to here.</summary>
    private const int MaxUnaskedBytes = 256 * 1024;

    private readonly Action _abort;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly CommandMetrics _metrics;
    private readonly SemaphoreSlim _permits = new(SessionPolicy.MaxPending);
    private readonly TaskCompletionSource _allSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Whose the client is.</summary>
    private volatile IActorRef _session = ActorRefs.Nobody;

    // All below are guarded by _gate.
    private Queue<ReceivedCommand>? _received;
    private ArrayBufferWriter<byte>? _overflow;
    private int _owedPermits;
    private bool _flushing;
    private bool _broken;
    private bool _closing;
    private Reply? _readyForTls;

    /// <param name="pipe">Its text: a connection's own pipes, or those with TLS or frames between. Not owned.</param>
    /// <param name="abort">Ends the connection of a client that does not read, at once.</param>
    /// <param name="client">Who it is from.</param>
    /// <param name="link">Who can read along.</param>
    /// <param name="metrics">Counts commands.</param>
    public QcvcConnection(IDuplexPipe pipe, Action abort, IPAddress client, LinkSecurity link, CommandMetrics metrics)
    {
        _abort = abort;
        _input = pipe.Input;
        _output = pipe.Output;
        _metrics = metrics;
        Client = client;
        Link = link;
    }

    public IPAddress Client { get; }

    public LinkSecurity Link { get; }

    public WebToken? Web { get; init; }

    public string? ServerName { get; init; }

    public Activity? CommandSpan
    {
        get
        {
            lock (_gate)
                return _received is { Count: > 0 } received ? received.Peek().Span : null;
        }
    }

    /// <summary>Reads until the client or the session is done, then until everything is sent.</summary>
    /// <returns>True when TLS is to begin on this connection now: it has been told so, and nothing it said before is left.</returns>
    public async Task<bool> RunAsync(IActorRef session)
    {
        _session = session;
        try
        {
            await ReadAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone; there is nobody to tell.
        }
        finally
        {
            _session.Tell(new SessionCommands.Disconnected(this), ActorRefs.NoSender);
        }

        await _allSent.Task;
        if (_readyForTls is not { } ready)
            return false;
        // Only now: what comes behind this line is the client's handshake, and must not be taken for what came before.
        ReplyWriter.Write(_output, ready);
        return !(await _output.FlushAsync()).IsCompleted;
    }

    public void Write(Reply reply, bool unasked)
    {
        lock (_gate)
        {
            if (_closing || _broken)
                return;
            if (!_flushing)
            {
                ReplyWriter.Write(_output, reply);
                Flush();
            }
            else if (unasked && _overflow?.WrittenCount > MaxUnaskedBytes)
                _metrics.UnaskedDropped();
            else
            {
                _overflow ??= new ArrayBufferWriter<byte>();
                int before = _overflow.WrittenCount;
                ReplyWriter.Write(_overflow, reply);
                _metrics.Unsent(_overflow.WrittenCount - before);
            }
        }
    }

    public void Answered(Verb verb, int code)
    {
        lock (_gate)
        {
            if (_received is not null && _received.TryDequeue(out var received))
            {
                _metrics.Answered(verb, code, TimeProvider.System.GetElapsedTime(received.At), received.Span);
                if (received.Span is { } span)
                    NodeTracing.EndCommand(span, code);
            }

            if (_flushing)
                _owedPermits++;
            else
                _permits.Release();
        }
    }

    public void StartTls(Reply ready)
    {
        lock (_gate)
        {
            _readyForTls = ready;
            _closing = true;
        }
    }

    public void HandTo(IActorRef session) => _session = session;

    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            if (!_flushing)
                Finish();
        }
    }

    /// <summary>Once <see cref="RunAsync"/> has returned: the session's actor has stopped by then.</summary>
    public void Dispose()
    {
        _permits.Dispose();
        lock (_gate)
        {
            _metrics.Abandoned(_received?.Count ?? 0);
            foreach (var (_, span) in _received ?? [])
                span?.Stop();
            _metrics.Unsent(-(_overflow?.WrittenCount ?? 0));
            (_received, _overflow) = (null, null);
        }
    }

    /// <summary>Says no to a client that never became a session.</summary>
    public async Task RefuseAsync(string reason)
    {
        ReplyWriter.Write(_output, Reply.Closing(reason));
        await _output.FlushAsync();
    }

    private async Task ReadAsync()
    {
        var framer = new LineFramer();
        bool isStart = true;
        while (true)
        {
            var result = await _input.ReadAsync();
            var rest = result.Buffer;
            if (isStart && ForeignProtocols.OfStart(rest) is { } protocol)
            {
                await DeliverAsync(new Command.Foreign(protocol));
                break;
            }

            isStart &= rest.IsEmpty;
            bool isForeign = false;
            while (!result.IsCanceled && !isForeign && framer.TryRead(ref rest, out var line, out var kind))
            {
                var command = CommandParser.Parse(line, kind);
                if (!await DeliverAsync(command))
                    return;
                isForeign = command is Command.Foreign;
                if (command is not (Command.Stls or Command.Auth { Mechanism: AuthMechanism.Resume }))
                    continue;
                await SettleAsync();
                if (_readyForTls is null)
                    continue;
                Discard(result);
                return;
            }

            _input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCanceled)
                return;
            if (result.IsCompleted || isForeign)
                break;
        }

        // The client has said its last, or its last that is heard, but may still be listening: what it asked for is answered first.
        await AllAnsweredAsync();
    }

    /// <returns>False where the session is over.</returns>
    private async Task<bool> DeliverAsync(Command command)
    {
        await _permits.WaitAsync();
        lock (_gate)
        {
            if (_closing)
                return false;
            var received = new ReceivedCommand(TimeProvider.System.GetTimestamp(), NodeTracing.StartCommand(command.Verb));
            (_received ??= new Queue<ReceivedCommand>(4)).Enqueue(received);
            _metrics.Received();
        }

        if (command is Command.Foreign foreign)
            _metrics.Foreign(foreign.Protocol);
        _session.Tell(command, ActorRefs.NoSender);
        return true;
    }

    /// <summary>Nothing behind a command that makes the client another session's is looked at before it is known what it came to.</summary>
    private async Task SettleAsync()
    {
        await AllAnsweredAsync();
        _permits.Release(SessionPolicy.MaxPending);
    }

    /// <summary>Every command has a deadline, so this ends.</summary>
    private async Task AllAnsweredAsync()
    {
        for (int i = 0; i < SessionPolicy.MaxPending; i++)
            await _permits.WaitAsync();
    }

    /// <summary>What somebody between may have slipped in before TLS: gone. What of it arrives only now breaks the handshake.</summary>
    private void Discard(ReadResult received)
    {
        _input.AdvanceTo(received.Buffer.End);
        while (!received.IsCompleted && _input.TryRead(out received))
            _input.AdvanceTo(received.Buffer.End);
    }

    /// <summary>Called with _gate held.</summary>
    private void Flush()
    {
        var flush = _output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            flush.GetAwaiter().GetResult();
            return;
        }

        _flushing = true;
        _ = FinishFlushAsync(flush.AsTask());
    }

    private async Task FinishFlushAsync(Task<FlushResult> flush)
    {
        bool alive = true;
        try
        {
            await flush.WaitAsync(WriteLimit);
        }
        catch (TimeoutException)
        {
            alive = false;
            _metrics.SlowReaderClosed();
            _abort();
        }
        catch (Exception)
        {
            // Whatever a connection or its TLS throws, it is over: the reader, which finds that out too, must not wait for this for ever.
            alive = false;
        }

        lock (_gate)
        {
            _flushing = false;
            // The flush that was given up may still be running, and another beside it would throw.
            _broken |= !alive;
            if (alive && _overflow is { WrittenCount: > 0 } overflow)
            {
                _overflow = null;
                _metrics.Unsent(-overflow.WrittenCount);
                _output.Write(overflow.WrittenSpan);
                Flush();
            }

            if (_flushing)
                return;
            if (_owedPermits > 0)
                _permits.Release(_owedPermits);
            _owedPermits = 0;
            if (_closing)
                Finish();
        }
    }

    /// <summary>Called with _gate held, once nothing is left to send: wakes the reader, wherever it waits.</summary>
    private void Finish()
    {
        if (_allSent.Task.IsCompleted)
            return;
        // Before a handshake the reader waits for permits, and the next to read must not be told that it was cancelled.
        if (_readyForTls is null)
            _input.CancelPendingRead();
        _permits.Release(SessionPolicy.MaxPending);
        // Last: who waits for it disposes of this.
        _allSent.SetResult();
    }

    /// <param name="At">A timestamp.</param>
    /// <param name="Span">Null where nobody follows it.</param>
    private readonly record struct ReceivedCommand(long At, Activity? Span);
}
