using Conference.Actors.Cluster;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;

namespace Conference.Node.Draining;

/// <summary>
/// Empties this node, for SIGTERM and for an operator's call alike: its shards move first, then its sessions are told where to go on, and
/// those that are left at the deadline are ended. Until the node stops it can be called off. Safe from any thread.
/// </summary>
/// <param name="conference">What is emptied. Started.</param>
/// <param name="limit">How long sessions have, where nobody says otherwise.</param>
/// <param name="time">For deadlines.</param>
/// <param name="loggers">Hear of its beginning and its end.</param>
public sealed class Drain(ConferenceHost conference, TimeSpan limit, TimeProvider time, ILoggerFactory loggers) : INodeDrain
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<Drain>();
    private readonly Lock _gate = new();
    private Run? _run;

    /// <summary>Nobody is let in, and this node owns less and less.</summary>
    public bool IsGoingOn => Current is not null;

    private Run? Current
    {
        get
        {
            lock (_gate)
                return _run;
        }
    }

    public void Begin(TimeSpan? within)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_run is { } run)
            {
                run.Deadline = now + within ?? run.Deadline;
                return;
            }

            _run = run = new Run(now, now + (within ?? limit));
            run.Work = Task.Run(() => EmptyAsync(run));
        }
    }

    public async Task<bool> CallOffAsync()
    {
        Run? run;
        lock (_gate)
            (run, _run) = (_run, null);
        if (run is null)
            return false;
        await run.Stop.CancelAsync();
        await run.Work;
        conference.Place.TakeBack();
        await conference.Actors!.Sessions.Ask<DrainProgress>(new SessionsCommands.CallOffDrain(), _answer);
        DrainLog.CalledOff(_log);
        return true;
    }

    /// <summary>Completes when the drain that goes on has emptied the node, or its deadline has.</summary>
    public Task WaitAsync() => Current?.Work ?? Task.CompletedTask;

    public async Task<DrainStatus> ReadAsync()
    {
        var run = Current;
        int sessions = (await conference.Actors!.Sessions.Ask<DrainProgress>(new SessionsCommands.ReadDrain(), _answer)).Sessions;
        int shards = Shards();
        var state = run is null ? DrainState.Serving : sessions == 0 && (shards == 0 || !HasOthers()) ? DrainState.Drained : DrainState.Draining;
        return new DrainStatus(state, run?.Since, run?.Deadline, sessions, shards);
    }

    private async Task EmptyAsync(Run run)
    {
        try
        {
            DrainLog.Begun(_log, Shards());
            await conference.Place.HandOverAsync().WaitAsync(run.Stop.Token);
            var sessions = conference.Actors!.Sessions;
            var progress = await sessions.Ask<DrainProgress>(new SessionsCommands.Drain(), _answer, run.Stop.Token);
            DrainLog.SendingOn(_log, progress.Sessions);
            await UntilAsync(
                async () => (await sessions.Ask<DrainProgress>(new SessionsCommands.ReadDrain(), _answer, run.Stop.Token)).Sessions == 0,
                () => run.Deadline, run.Stop.Token);
            int left = await sessions.Ask<int>(new SessionsCommands.EndAll("server is moving"), _answer, run.Stop.Token);
            DrainLog.Over(_log, left);
        }
        catch (OperationCanceledException)
        {
            // Called off.
        }
        catch (AskTimeoutException)
        {
            DrainLog.Stuck(_log);
        }
    }

    private async Task UntilAsync(Func<Task<bool>> holds, Func<DateTimeOffset> deadline, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_look, time);
        while (!await holds() && time.GetUtcNow() < deadline())
            await timer.WaitForNextTickAsync(cancel);
    }

    private int Shards() => conference.Cluster.View.Shards.Count(s => s.Owner == conference.Cluster.Self);

    /// <summary>There is somebody to take what this node has.</summary>
    internal bool HasOthers() => conference.Cluster.View.Nodes.Any(n => n.Id != conference.Cluster.Self && n.State == NodeState.Up);

    private sealed class Run(DateTimeOffset since, DateTimeOffset deadline)
    {
        public DateTimeOffset Since => since;

        public DateTimeOffset Deadline { get; set; } = deadline;

        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
