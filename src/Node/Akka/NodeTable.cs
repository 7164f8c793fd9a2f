using Akka.Actor;
using Akka.Cluster;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

/// <summary>
/// This node in PostgreSQL, where nodes find each other: its address, its life and its row. One session, kept for as long as the process lives, holds the
/// locks of the address and of the life; others see by them that it lives. First opened, then joined, disposed of last of all.
/// </summary>
public sealed class NodeTable : IAsyncDisposable
{
    /// <summary>How long the last life of this address has to go. More than it takes the server to notice that a host is gone.</summary>
    private static readonly TimeSpan _addressLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _joinLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _refresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Nodes that start together do not know each other for a moment: that is not worth a word.</summary>
    private static readonly TimeSpan _sayWaitingAfter = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _departed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;
    private readonly ILogger _log;
    private NodeSession? _session;
    private NodeIncarnation? _incarnation;

    // The session that holds the locks of this life.
    private NodeSession? _locked;
    private (NodeEndpoint Node, long Since)? _waitsFor;
    private NodeEndpoint? _saidWaiting;
    private Task _keeping = Task.CompletedTask;
    private volatile bool _isConnected = true;

    private NodeTable(ClusterDatabase database, NodeEndpoint endpoint, string name, ILogger log) => (Database, Endpoint, _name, _log) = (database, endpoint, name, log);

    public ClusterDatabase Database { get; }

    public NodeEndpoint Endpoint { get; }

    /// <summary>Which database this is.</summary>
    public ClusterIdentity Identity { get; private set; } = new("");

    /// <summary>This life's, from a sequence: larger than that of any before, never used again.</summary>
    public long Number { get; private set; }

    /// <summary>The session is there, and with it the locks. False while the database is away: the cluster goes on, no node can come.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Completes when others have put this life out of the cluster, and it has found its name among the departed.</summary>
    public Task Departed => _departed.Task;

    /// <summary>Takes the address, and a number. To be called after the store has made its tables, before the actor system starts.</summary>
    /// <param name="database">Disposed of with this.</param>
    /// <param name="endpoint">Where this node is for the others.</param>
    /// <param name="name"><c>Node:Name</c></param>
    /// <param name="loggers">For what it says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterStartException">The database is away, or another node has this address and keeps it for 15 s.</exception>
    public static async Task<NodeTable> OpenAsync(
        ClusterDatabase database, NodeEndpoint endpoint, string name, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        var table = new NodeTable(database, endpoint, name, loggers.CreateLogger<NodeTable>());
        try
        {
            await table.OpenAsync(cancellationToken).ConfigureAwait(false);
            return table;
        }
        catch (Exception e)
        {
            await table.DisposeAsync().ConfigureAwait(false);
            if (ClusterDatabase.IsAway(e) && !cancellationToken.IsCancellationRequested)
                throw new ClusterStartException($"the cluster's database does not answer: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Joins the cluster, or is its first node. Returns once this node is up; waits while the database is away.</summary>
    /// <param name="system">With its actors: others may speak to them from now on.</param>
    /// <param name="credentials">What others are known by.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterStartException">This life was put out before it came in.</exception>
    public async Task JoinAsync(ActorSystem system, NodeCredentials credentials, CancellationToken cancellationToken = default)
    {
        var cluster = Cluster.Get(system);
        _incarnation = NodeIncarnation.Of(cluster.SelfUniqueAddress);
        var formation = new Formation(Identity, new Newcomer(_incarnation.Value, Endpoint, _name, Number), credentials);
        while (!await TryJoinAsync(cluster, formation, cancellationToken).ConfigureAwait(false))
            await Task.Delay(_again, cancellationToken).ConfigureAwait(false);
        foreach (var namesake in formation.Namesakes)
            ClusterLog.NameIsShared(_log, _name, namesake.ToString());
        _keeping = KeepAsync(formation);
    }

    /// <summary>A clean end: the row goes, then, last of all, the locks. To be called when nothing of this node acts any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        try
        {
            if (_incarnation is { } incarnation)
                await Database.ExecuteAsync(NodeSql.Unregister, [incarnation.Value]).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            ClusterLog.NotUnregistered(_log);
        }

        await DropSessionAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _session = await Database.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        Identity = new ClusterIdentity(await _session.ReadOneAsync<string>(NodeSql.Identity, [], cancellationToken).ConfigureAwait(false));
        long start = BootClock.Instance.GetTimestamp();
        while (!await _session.TryLockAsync(Identity.AddressKey(Endpoint), cancellationToken).ConfigureAwait(false))
        {
            if (BootClock.Instance.GetElapsedTime(start) > _addressLimit)
                throw new ClusterStartException($"another node is at {Endpoint} and alive: every node needs a Cluster:Advertise and Cluster:Port of its own");
            await Task.Delay(_again, cancellationToken).ConfigureAwait(false);
        }

        Number = await _session.ReadOneAsync<long>(NodeSql.Number, [], cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> TryJoinAsync(Cluster cluster, Formation formation, CancellationToken cancellationToken)
    {
        try
        {
            var session = await SessionAsync(cancellationToken).ConfigureAwait(false);
            var plan = await formation.DecideAsync(session, cancellationToken).ConfigureAwait(false);
            switch (plan)
            {
                case FormationPlan.Found:
                    ClusterLog.Founding(_log, Endpoint.ToString());
                    cluster.Join(cluster.SelfAddress);
                    break;
                case FormationPlan.Join join:
                    ClusterLog.Joining(_log, string.Join(", ", join.Nodes));
                    cluster.JoinSeedNodes([.. join.Nodes.Select(n => cluster.SelfAddress.WithHost(n.Host).WithPort(n.Port))]);
                    break;
                case FormationPlan.Wait wait:
                    SayWaiting(wait.Node);
                    await session.WaitAsync(_lookAgain, cancellationToken).ConfigureAwait(false);
                    return false;
                case FormationPlan.Departed:
                    throw new ClusterStartException("this node was put out of the cluster before it came in: it did not answer");
            }

            return await IsUpAsync(cluster, cancellationToken).ConfigureAwait(false)
                && await formation.RegisterAsync(session, NodeState.Up, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e) && !cancellationToken.IsCancellationRequested)
        {
            await SayAwayAsync(e).ConfigureAwait(false);
            return false;
        }
    }

    private void SayWaiting(NodeEndpoint node)
    {
        long now = BootClock.Instance.GetTimestamp();
        if (_waitsFor?.Node != node)
            _waitsFor = (node, now);
        if (_saidWaiting == node || BootClock.Instance.GetElapsedTime(_waitsFor.Value.Since, now) < _sayWaitingAfter)
            return;
        ClusterLog.Waiting(_log, node.ToString());
        _saidWaiting = node;
    }

    private static async Task<bool> IsUpAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_joinLimit);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        try
        {
            await up.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return cluster.IsUp();
        }
    }

    /// <summary>Keeps session, locks and row; when the session is lost it is noticed at once, and all three are taken again.</summary>
    private async Task KeepAsync(Formation formation)
    {
        var pause = TimeSpan.Zero;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var session = await SessionAsync(_stop.Token).ConfigureAwait(false);
                if (!await formation.RegisterAsync(session, NodeState.Up, _stop.Token).ConfigureAwait(false))
                {
                    _departed.TrySetResult();
                    return;
                }

                if (!_isConnected)
                    ClusterLog.DatabaseBack(_log);
                (_isConnected, pause) = (true, TimeSpan.Zero);
                await session.WaitAsync(_refresh, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterDatabase.IsAway(e))
            {
                if (_stop.IsCancellationRequested)
                    return;
                await SayAwayAsync(e).ConfigureAwait(false);
                await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
                // The first try is at once: while this node does not hold its lock, others have half of the proof that it is dead.
                pause = pause + _again < _refresh ? pause + _again : _refresh;
            }
        }
    }

    /// <summary>The session with its locks, a new one where the last has ended.</summary>
    private async Task<NodeSession> SessionAsync(CancellationToken cancellationToken)
    {
        _session ??= await Database.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        // A session may take a lock it has once more: two round trips, only where a session or a life is new.
        if (_incarnation is { } incarnation && _locked != _session)
        {
            bool isOurs = await _session.TryLockAsync(Identity.IncarnationKey(incarnation), cancellationToken).ConfigureAwait(false)
                & await _session.TryLockAsync(Identity.AddressKey(Endpoint), cancellationToken).ConfigureAwait(false);
            if (!isOurs)
                throw new TimeoutException("the locks of this node are still held by its last session");
            _locked = _session;
        }

        return _session;
    }

    private async Task SayAwayAsync(Exception e)
    {
        if (_isConnected)
            ClusterLog.DatabaseAway(_log, e.Message);
        _isConnected = false;
        await DropSessionAsync().ConfigureAwait(false);
    }

    private async Task DropSessionAsync()
    {
        if (_session is null)
            return;
        try
        {
            await _session.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e))
        {
            // It is gone already.
        }

        _session = null;
    }
}
