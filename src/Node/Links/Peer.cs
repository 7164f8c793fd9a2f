using Conference.Actors.Cluster;
using Conference.Node.Cluster;

namespace Conference.Node.Links;

/// <summary>
/// Another node of the view, linked or not: keeps a link to it if this node is the one to dial, and sees to it that the handler
/// hears one link after the other. Safe from any thread.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly LinkContext _context;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task _dialing = Task.CompletedTask;
    private volatile ClusterNode _node;
    private long _dropped;
    private volatile Link? _link;

    // Guarded by _gate.
    private Link? _newest;
    private Task _lastTurn;
    private LinkEnd _closed;
    private DateTimeOffset? _connectedSince;

    /// <param name="node">Who it is.</param>
    /// <param name="context">What is shared.</param>
    /// <param name="predecessor">Ends when the handler has heard the last of this node over another <see cref="Peer"/>.</param>
    public Peer(ClusterNode node, LinkContext context, Task predecessor) => (_node, _context, _lastTurn) = (node, context, predecessor);

    /// <summary>As the newest view has it.</summary>
    public ClusterNode Node
    {
        get => _node;
        set => _node = value;
    }

    public LinkHealth Health
    {
        get
        {
            lock (_gate)
                return new LinkHealth(_connectedSince, _link?.RoundTrip, _link?.QueueBytes ?? 0, Interlocked.Read(ref _dropped));
        }
    }

    public bool TrySend(ReadOnlySpan<byte> message)
    {
        if (_link is { } link && link.TrySend(message))
            return true;
        Interlocked.Increment(ref _dropped);
        _context.Reports.Dropped(Node.Name);
        return false;
    }

    /// <summary>To be called once, where this node is the one to dial.</summary>
    public void StartDialing(LinkDialer dialer) => _dialing = Task.Run(() => DialAsync(dialer, _closing.Token));

    /// <summary>Hands over what arrives on a link until it ends. An older one ends first. Disposes of the link.</summary>
    public async Task RunAsync(Link link)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Link? older;
        LinkEnd closed;
        Task before;
        lock (_gate)
        {
            (older, _newest) = (_newest, link);
            (before, _lastTurn) = (_lastTurn, turn.Task);
            closed = _closed;
        }

        using (link)
        {
            try
            {
                older?.Cut(LinkEnd.Replaced);
                if (closed != LinkEnd.None)
                    link.Cut(closed);
                await before;
                if (!link.HasEnded)
                    await RunInTurnAsync(link);
            }
            finally
            {
                turn.SetResult();
            }
        }
    }

    /// <summary>No more links. Ends when the handler has heard the last of this node.</summary>
    /// <param name="why">They end.</param>
    /// <param name="patience">For what waits to be sent.</param>
    public async Task CloseAsync(LinkEnd why, TimeSpan patience)
    {
        Link? newest;
        Task lastTurn;
        lock (_gate)
        {
            _closed = why;
            (newest, lastTurn) = (_newest, _lastTurn);
        }

        await _closing.CancelAsync();
        if (patience > TimeSpan.Zero)
        {
            newest?.Finish(why);
            await Task.WhenAny(lastTurn, Task.Delay(patience, _context.Time));
        }

        newest?.Cut(why);
        await _dialing;
        await lastTurn;
    }

    public void Dispose() => _closing.Dispose();

    private async Task RunInTurnAsync(Link link)
    {
        lock (_gate)
            (_link, _connectedSince) = (link, _context.Time.GetUtcNow());
        _context.Reports.Up(Node, link.Partner);
        try
        {
            _context.Observer.LinkUp(Node.Id);
            _context.Handler.Connected(Node.Id);
            _context.Reports.Down(Node, await link.RunAsync(Node.Id, _context.Handler));
        }
        catch (Exception e)
        {
            // What the connection throws ends in RunAsync; this is a mistake of ours, and must not be the end of all links to this node.
            link.Cut(LinkEnd.Failed);
            _context.Reports.HandlerFailed(Node, e);
        }

        lock (_gate)
            (_link, _connectedSince) = (null, null);
        try
        {
            _context.Observer.LinkDown(Node.Id);
            _context.Handler.Disconnected(Node.Id);
        }
        catch (Exception e)
        {
            _context.Reports.HandlerFailed(Node, e);
        }
    }

    private async Task DialAsync(LinkDialer dialer, CancellationToken closing)
    {
        var timings = _context.Options.Timings;
        var backoff = new Backoff(timings.FirstRetry, timings.LastRetry, Random.Shared);
        try
        {
            while (true)
            {
                var wait = await LinkOnceAsync(dialer, backoff, closing);
                await Task.Delay(wait, _context.Time, closing);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The node has left the view, or this one stops.
        }
    }

    /// <returns>How long to wait before the next.</returns>
    private async Task<TimeSpan> LinkOnceAsync(LinkDialer dialer, Backoff backoff, CancellationToken closing)
    {
        try
        {
            var link = await dialer.DialAsync(Node.Id, Node.Link, closing);
            long start = _context.Time.GetTimestamp();
            await RunAsync(link);
            // One that ends as soon as it is up is a failure too.
            if (_context.Time.GetElapsedTime(start) >= _context.Options.Timings.LastRetry)
                backoff.Reset();
            return backoff.Next();
        }
        catch (LinkRefusedException e)
        {
            _context.Reports.NoLinkTo(Node, e);
            var wait = backoff.Next();
            return e.Refusal.IsLasting() ? _context.Options.Timings.RefusedRetry * (0.75 + (Random.Shared.NextDouble() / 2)) : wait;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nothing may end the trying.
            _context.Reports.NoLinkTo(Node, new LinkRefusedException(LinkRefusal.Unreachable, isOurs: true, e.Message));
            return backoff.Next();
        }
    }
}
