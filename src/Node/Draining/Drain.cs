using Akka.Actor;
using Akka.Cluster;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Actors.Sessions;

namespace Conference.Node.Draining;

/// <summary>
/// Empties this node of clients, for SIGTERM and for an operator's call alike: its sessions are told where to go on, and those that are left at the
/// deadline are ended. Its shards stay until the process leaves the cluster, so that until then it can be called off. Safe from any thread.
/// </summary>
/// <param name="actors">Once they have started.</param>
/// <param name="metrics">Where shards are counted.</param>
/// <param name="limit">How long sessions have, where nobody says otherwise.</param>
/// <param name="time">For deadlines.</param>
/// <param name="loggers">Hear of its beginning and its end.</param>
public sealed class Drain(Func<NodeActors> actors, ConferenceMetrics metrics, TimeSpan limit, TimeProvider time, ILoggerFactory loggers) : INodeDrain
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _handOverLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger<Drain>();
    private readonly Lock _gate = new();
    private Run? _run;

    /// <summary>Nobody is let in.</summary>
    public bool IsGoingOn => Current is not null;

    /// <summary>There is somebody to go on with.</summary>
    public bool HasOthers
    {
        get
        {
            var nodes = actors().Nodes;
            return nodes.All.Any(n => n.Id != nodes.Self && n is { Status: MemberStatus.Up, IsReachable: true });
        }
    }

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
            if (_run is { } run)
            {
                if (within is { } other)
                    run.Deadline.EndWithin(other);
                return;
            }

            _run = run = new Run(new DrainDeadline(time, within ?? limit));
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
        actors().Peers.Tell(new PeerMessages.SetDraining(false));
        await actors().Sessions.Ask<DrainProgress>(new SessionsCommands.CallOffDrain(), _answer);
        DrainLog.CalledOff(_log);
        return true;
    }

    /// <summary>Completes when the drain that goes on has emptied the node, or its deadline has.</summary>
    public Task WaitAsync() => Current?.Work ?? Task.CompletedTask;

    /// <summary>
    /// Gives this node's shards to the others, a few at a time: for a node that has been emptied and leaves. What is left after a while goes all at once, as it does
    /// where <see cref="Begin"/> is told meanwhile to wait no longer.
    /// </summary>
    public async Task HandOverAsync()
    {
        if (Current is not { } run)
            return;
        actors().Peers.Tell(new PeerMessages.SetLeaving());
        lock (_gate)
            run.Deadline.EndWithin(_handOverLimit);
        await UntilAsync(() => Task.FromResult(metrics.ShardsOwned == 0 || !HasOthers), run, CancellationToken.None);
    }

    public async Task<DrainStatus> ReadAsync()
    {
        var run = Current;
        int sessions = (await actors().Sessions.Ask<DrainProgress>(new SessionsCommands.ReadDrain(), _answer)).Sessions;
        var state = run is null ? DrainState.Serving : sessions == 0 ? DrainState.Drained : DrainState.Draining;
        return new DrainStatus(state, run?.Deadline.Since, run?.Deadline.At, sessions, metrics.ShardsOwned);
    }

    private async Task EmptyAsync(Run run)
    {
        try
        {
            var sessions = actors().Sessions;
            actors().Peers.Tell(new PeerMessages.SetDraining(true));
            var progress = await sessions.Ask<DrainProgress>(new SessionsCommands.Drain(), _answer, run.Stop.Token);
            DrainLog.SendingOn(_log, progress.Sessions);
            await UntilAsync(
                async () => (await sessions.Ask<DrainProgress>(new SessionsCommands.ReadDrain(), _answer, run.Stop.Token)).Sessions == 0,
                run, run.Stop.Token);
            var left = await sessions.Ask<SessionsTold>(new SessionsCommands.EndAll("server is moving"), _answer, run.Stop.Token);
            DrainLog.Over(_log, left.Sessions);
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

    private async Task UntilAsync(Func<Task<bool>> holds, Run run, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_look, time);
        while (!await holds() && !run.Deadline.IsOver)
            await timer.WaitForNextTickAsync(cancel);
    }

    private sealed class Run(DrainDeadline deadline)
    {
        public DrainDeadline Deadline => deadline;

        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
