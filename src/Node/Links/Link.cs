using System.Buffers.Binary;
using System.Net.WebSockets;
using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>
/// One connection to one node, from the end of the handshake to its own. Two loops, one that reads and one that writes, and a slow timer
/// that asks whether they still get anywhere; nothing on the way of a message looks at a clock.
/// </summary>
internal sealed class Link : IDisposable
{
    /// <summary>Looks at the link so often between two pings.</summary>
    private const int TicksPerPing = 2;

    private readonly WebSocket _socket;
    private readonly Action _abort;
    private readonly LinkTimings _timings;
    private readonly LinkTraffic _traffic;
    private readonly TimeProvider _time;
    private readonly LinkQueue _queue;
    private readonly int _ticksOfSilence;
    private int _end;
    private long _roundTrip;

    // Of the loops, for the timer: whether anything has moved since it last looked. A process that stood still hears its timer once and
    // not as often as it would have rung, so that it finds what has arrived meanwhile before it takes the other side for dead.
    private volatile bool _hasReceived;
    private volatile bool _hasSent;
    private volatile bool _isSending;
    private int _ticks;
    private int _silentTicks;
    private int _stalledTicks;

    /// <param name="partner">Who is there.</param>
    /// <param name="socket">Done with its handshake. Disposed of with the link.</param>
    /// <param name="abort">Ends the connection below the socket, whatever waits on it.</param>
    /// <param name="options">Bounds and times.</param>
    /// <param name="traffic">Counts.</param>
    /// <param name="time">For the timer, and round trips.</param>
    public Link(LinkPartner partner, WebSocket socket, Action abort, LinkOptions options, LinkTraffic traffic, TimeProvider time)
    {
        Partner = partner;
        (_socket, _abort, _traffic, _time) = (socket, abort, traffic, time);
        _timings = options.Timings;
        _queue = new LinkQueue(options.Limits.QueueBytes);
        _ticksOfSilence = (int)Math.Ceiling(_timings.Silence / TickPeriod);
    }

    public LinkPartner Partner { get; }

    /// <summary>Of the last ping that was answered; null before.</summary>
    public TimeSpan? RoundTrip => Interlocked.Read(ref _roundTrip) is > 0 and long ticks ? TimeSpan.FromTicks(ticks) : null;

    public int QueueBytes => _queue.Bytes;

    public bool HasEnded => Volatile.Read(ref _end) != (int)LinkEnd.None;

    private TimeSpan TickPeriod => _timings.Ping / TicksPerPing;

    public bool TrySend(ReadOnlySpan<byte> message) => _queue.TryAdd(FrameKind.Message, message);

    /// <summary>Nothing more is taken in; the link ends once what waits is sent.</summary>
    public void Finish(LinkEnd why)
    {
        Interlocked.CompareExchange(ref _end, (int)why, (int)LinkEnd.None);
        _queue.Complete();
    }

    /// <summary>Ends the link now.</summary>
    public void Cut(LinkEnd why)
    {
        Finish(why);
        _socket.Abort();
        _abort();
    }

    /// <summary>Hands over what arrives, until the link ends.</summary>
    /// <returns>Why it did.</returns>
    /// <exception cref="LinkHandlerException">The handler threw. The link has ended.</exception>
    public async Task<LinkEnd> RunAsync(NodeId peer, INodeLinkHandler handler)
    {
        SendPing();
        var writing = WriteAsync();
        await using (_time.CreateTimer(static link => ((Link)link!).Tick(), this, TickPeriod, TickPeriod))
        {
            var end = LinkEnd.Failed;
            try
            {
                end = await ReadAsync(peer, handler);
            }
            catch (Exception e) when (HandshakeChannel.IsOfTheConnection(e))
            {
                end = LinkEnd.Broken;
            }
            finally
            {
                Cut(end);
                await writing;
            }
        }

        return (LinkEnd)_end;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<LinkEnd> ReadAsync(NodeId peer, INodeLinkHandler handler)
    {
        using var input = new LinkInput();
        while (true)
        {
            var received = await _socket.ReceiveAsync(input.Free, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
                return LinkEnd.Closed;
            _hasReceived = true;
            input.Received(received.Count);
            bool isGood = Deliver(input, peer, handler, received.Count);
            if (!isGood || received.MessageType != WebSocketMessageType.Binary || (received.EndOfMessage && !input.IsEmpty))
                return LinkEnd.Malformed;
            input.MakeRoom();
        }
    }

    /// <returns>False when what is there is no frame.</returns>
    private bool Deliver(LinkInput input, NodeId peer, INodeLinkHandler handler, int bytes)
    {
        int messages = 0;
        bool isMalformed;
        while (input.TryRead(out var kind, out var body, out isMalformed))
        {
            switch (kind)
            {
                case FrameKind.Message:
                    messages++;
                    Hand(peer, body, handler);
                    break;
                case FrameKind.Ping:
                    _queue.TryAdd(FrameKind.Pong, body);
                    break;
                case FrameKind.Pong:
                    // At least a tick, so that there is one.
                    Interlocked.Exchange(ref _roundTrip, Math.Max(1, _time.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(body)).Ticks));
                    break;
            }
        }

        _traffic.Received(messages, bytes);
        return !isMalformed;
    }

    private static void Hand(NodeId peer, ReadOnlySpan<byte> message, INodeLinkHandler handler)
    {
        try
        {
            handler.Received(peer, message);
        }
        catch (Exception e)
        {
            // Not to be taken for the connection's own, whatever its type.
            throw new LinkHandlerException(e);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _queue.WaitAsync())
            {
                while (_queue.TryTake(out var batch))
                {
                    _isSending = true;
                    await _socket.SendAsync(batch.Content, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
                    _isSending = false;
                    _hasSent = true;
                    _traffic.Sent(batch.Messages, batch.Length);
                    _queue.GiveBack(batch);
                }
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (HandshakeChannel.IsOfTheConnection(e))
        {
            // The reader finds out too, or is told. The batch is not given back: what failed may still hold it.
            Cut(LinkEnd.Broken);
        }
    }

    private void SendPing()
    {
        Span<byte> now = stackalloc byte[LinkFrame.PingBytes];
        BinaryPrimitives.WriteInt64LittleEndian(now, _time.GetTimestamp());
        _queue.TryAdd(FrameKind.Ping, now);
    }

    private void Tick()
    {
        _silentTicks = _hasReceived ? 0 : _silentTicks + 1;
        _stalledTicks = _hasSent || !_isSending ? 0 : _stalledTicks + 1;
        _hasReceived = _hasSent = false;
        // One more: the first of them began somewhere before the tick that counted it.
        if (_silentTicks > _ticksOfSilence)
            Cut(LinkEnd.Silent);
        else if (_stalledTicks > _ticksOfSilence)
            Cut(LinkEnd.Stalled);
        else if (++_ticks % TicksPerPing == 0)
            SendPing();
    }
}

/// <summary>A mistake of ours in what a message set off.</summary>
internal sealed class LinkHandlerException(Exception cause) : Exception("a message from another node could not be handled", cause);
