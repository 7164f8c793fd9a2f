using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Threading.Channels;
using Conference.Protocol;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Client.Connections;

/// <summary>
/// The wire: lines out, replies matched to them in order, everything unasked (1xx, 203, 421) to <see cref="Events"/>.
/// Any number of callers may have commands out at once. Once it is over, every waiting and later command gets a
/// <see cref="QcvcException"/> that says why.
/// </summary>
public sealed class QcvcConnection : IAsyncDisposable
{
    /// <summary>Lines no QCVC server says, before it is taken for something else.</summary>
    private const int MaxGarbage = 50;

    /// <summary>Commands out at once; the next one waits.</summary>
    private const int MaxPending = 256;

    private readonly QcvcLink _link;
    private readonly TimeSpan _requestTimeout;
    private readonly TimeProvider _clock;
    private readonly Channel<ServerEvent> _events;
    private readonly Queue<PendingReply> _pending = new();

    /// <summary>CONNs that were told to wait; the order is theirs.</summary>
    private readonly List<PendingReply> _inLobby = [];

    private readonly SemaphoreSlim _slots = new(MaxPending);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private QcvcException? _end;
    private long _eventsDropped;
    private int _garbage;
    private volatile bool _senders;

    /// <param name="link">Greeted, and with TLS where it is wanted; owned from here on.</param>
    /// <param name="options">Timeouts and bounds.</param>
    internal QcvcConnection(QcvcLink link, QcvcClientOptions options)
    {
        _link = link;
        _requestTimeout = options.RequestTimeout;
        _clock = options.Clock;
        _events = Channel.CreateBounded<ServerEvent>(
            new BoundedChannelOptions(options.EventCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
            _ => Interlocked.Increment(ref _eventsDropped));
    }

    public IPAddress LocalAddress => _link.LocalAddress;

    public IPAddress RemoteAddress => _link.RemoteAddress;

    public bool IsEncrypted => _link.IsEncrypted;

    /// <summary>Whether a secret may be said: nobody between can read along, or there is nobody between.</summary>
    public bool KeepsSecrets => _link.IsEncrypted || _link.IsLocal;

    /// <summary>Ends (without error) after <see cref="ServerEvent.Closing"/> or when the connection is lost.</summary>
    public ChannelReader<ServerEvent> Events => _events.Reader;

    public long EventsDropped => Interlocked.Read(ref _eventsDropped);

    /// <summary>Lines ignored because no QCVC server says them.</summary>
    public int Garbage => _garbage + _link.Lines.Malformed;

    /// <summary>Completes when the connection is over, never with an error.</summary>
    public Task Closed => _reading;

    /// <summary>Whether 203 lines name their senders; set when the server agreed.</summary>
    internal void NameSenders(bool on) => _senders = on;

    internal void Start() => _reading = Task.Run(ReadAsync);

    /// <summary>Sends one line for which there is no answer (SEND).</summary>
    public Task TellAsync(string line, CancellationToken cancel = default) => WriteAsync(line, null, cancel);

    /// <summary>Sends one line and waits for its answer; a list's lines end with <c>211 end</c>. A CONN that must wait in a lobby is answered when that is over.</summary>
    /// <exception cref="QcvcException">The connection is over, or no answer came in time.</exception>
    public async Task<IReadOnlyList<Reply>> AskAsync(
        string line, bool isList = false, Service? connects = null, Action<Reply>? whenAnswered = null, CancellationToken cancel = default)
    {
        await _slots.WaitAsync(cancel);
        var pending = new PendingReply(isList, connects, whenAnswered);
        try
        {
            await WriteAsync(line, pending, cancel);
        }
        catch
        {
            _slots.Release();
            throw;
        }

        // Its slot is free once it is answered, not when the caller stops waiting: matching goes by order.
        _ = ReleaseWhenAnsweredAsync(pending);
        try
        {
            return await pending.Answer.WaitAsync(_requestTimeout, _clock, cancel);
        }
        catch (TimeoutException) when (pending.IsInLobby)
        {
            return await pending.Answer.WaitAsync(cancel);
        }
        catch (TimeoutException)
        {
            var late = new QcvcException($"no answer within {_requestTimeout.TotalSeconds:0.#} s");
            End(late);
            throw late;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        End(new QcvcException("closed"));
        await _reading;
        _link.Dispose();
    }

    private async Task ReleaseWhenAnsweredAsync(PendingReply pending)
    {
        await ((Task)pending.Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _slots.Release();
    }

    private async Task WriteAsync(string line, PendingReply? pending, CancellationToken cancel)
    {
        byte[] bytes = Encode(line);
        await _writing.WaitAsync(cancel);
        try
        {
            lock (_pending)
            {
                if (_end is not null)
                    throw _end;
                if (pending is not null)
                    _pending.Enqueue(pending);
            }

            // From here on the line goes out whole, or the connection ends: half a command would garble the next.
            await SendAllAsync(bytes);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task SendAllAsync(byte[] bytes)
    {
        try
        {
            await _link.SendAsync(bytes, _stop.Token);
        }
        catch (Exception e) when (IsLoss(e))
        {
            End(new QcvcException("the connection was lost", e));
            throw _end!;
        }
    }

    private static byte[] Encode(string line)
    {
        if (line.Any(char.IsControl))
            throw new ArgumentException("a line holds no control characters");
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(line) + 2];
        if (bytes.Length > LineFramer.MaxBytes + 2)
            throw new ArgumentException($"a line holds at most {LineFramer.MaxBytes} bytes");
        Encoding.UTF8.GetBytes(line, bytes);
        (bytes[^2], bytes[^1]) = ((byte)'\r', (byte)'\n');
        return bytes;
    }

    private async Task ReadAsync()
    {
        var why = new QcvcException("the server closed the connection");
        try
        {
            do
            {
                while (_link.Lines.Next() is { } line)
                    Take(line);
                if (Garbage > MaxGarbage)
                    End(new QcvcException("this is no QCVC server"));
            }
            while (_end is null && await _link.ReceiveAsync(_stop.Token));
        }
        catch (Exception e) when (IsLoss(e))
        {
            why = new QcvcException("the connection was lost", e);
        }

        End(why);
        _events.Writer.TryComplete();
    }

    private void Take(string line)
    {
        if (!Reply.TryParse(line, out var reply))
        {
            _garbage++;
            return;
        }

        if (reply.IsToldToWait)
            TakeWaiting();
        if (reply.Code is >= 100 and < 200 or 203)
            _events.Writer.TryWrite(ServerEvent.From(reply, _senders));
        else if (reply.Code == 421)
            TakeClosing(reply);
        else
            TakeAnswer(reply);
    }

    /// <summary>The CONN that is to be answered next is not, for now.</summary>
    private void TakeWaiting()
    {
        lock (_pending)
        {
            if (!_pending.TryPeek(out var pending) || pending.Connects is null)
                return;
            pending.IsInLobby = true;
            _inLobby.Add(_pending.Dequeue());
        }
    }

    /// <summary>A port, or a refusal, that nobody is waiting for but in the lobby.</summary>
    private PendingReply? FindInLobby(Reply reply)
    {
        var next = _pending.TryPeek(out var pending) ? pending : null;
        return reply.Code switch
        {
            303 when next?.Connects is null => _inLobby.Find(p => reply.Text.StartsWith($"{p.Connects} ", StringComparison.Ordinal)),
            503 when next is null || reply.Text == SessionOutcome.Refused.NotAdmitted.Why => _inLobby.FirstOrDefault(),
            _ => null,
        };
    }

    private void TakeAnswer(Reply reply)
    {
        lock (_pending)
        {
            if (FindInLobby(reply) is { } admitted)
            {
                _inLobby.Remove(admitted);
                admitted.Add(reply);
            }
            else if (!_pending.TryPeek(out var pending))
                _garbage++;
            else if (pending.Add(reply))
                _pending.Dequeue();
        }
    }

    private void TakeClosing(Reply reply)
    {
        _events.Writer.TryWrite(ServerEvent.From(reply, _senders));
        lock (_pending)
        {
            // Of the commands that are out the first one hears it as its answer; for QUIT, the last, that is what it is.
            if (_pending.TryDequeue(out var pending))
                pending.Add(reply);
        }

        End(new QcvcException("the server closed the session", reply));
    }

    private void End(QcvcException why)
    {
        PendingReply[] waiting;
        lock (_pending)
        {
            _end ??= why;
            waiting = [.. _inLobby, .. _pending];
            _inLobby.Clear();
            _pending.Clear();
        }

        foreach (var pending in waiting)
            pending.Fail(_end);
        _link.Shutdown();
    }

    /// <summary>What a stream throws when the connection, or its encryption, breaks.</summary>
    private static bool IsLoss(Exception e) =>
        e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException;
}
