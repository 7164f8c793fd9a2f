using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Node.Cluster;

/// <summary>
/// A node's part in a cluster whose arbiter is PostgreSQL: a <see cref="MembershipMachine"/> that decides, on a thread of its own, and
/// threads that do what it asks for. None of them needs the thread pool, so a node that is short of threads keeps its lease.
/// </summary>
public sealed class PostgresCluster : ICluster, ILinkObserver, IStatementListener, IAsyncDisposable
{
    private readonly MembershipMachine _machine;
    private readonly LeaseGate _gate = new();
    private readonly BlockingCollection<MembershipInput> _inputs = [];
    private readonly ViewSubscribers _subscribers;
    private readonly ClusterReports _reports;
    private readonly ClusterConnections _connections;
    private readonly Action<NodeId> _lived;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StatementThread _beats;
    private readonly StatementThread _tables;
    private readonly StatementThread _reconciles;
    private readonly Thread _thread;
    private SessionThread? _session;
    private IShardHost? _host;
    private volatile Membership _known;
    private bool _isRefreshAsked;
    private bool _isStopping;

    /// <param name="connectionString">As the operator gave it.</param>
    /// <param name="card">What this node says of itself. Its link is listened on by now.</param>
    /// <param name="rules">The cluster's; the same on every node.</param>
    /// <param name="lived">Told of each life of the node before the first statement of it.</param>
    /// <param name="meter">Where it counts.</param>
    /// <param name="loggers">Where it reports.</param>
    public PostgresCluster(
        string connectionString, NodeCard card, MembershipRules rules, Action<NodeId> lived, Meter meter, ILoggerFactory loggers)
    {
        (_clock, _lived) = (BootClock.Instance, lived);
        _start = _clock.GetTimestamp();
        _machine = new MembershipMachine(card, rules, () => new NodeId(Guid.NewGuid()));
        _known = new Membership(_machine.Self, ClusterView.Empty);
        var log = loggers.CreateLogger<PostgresCluster>();
        _subscribers = new ViewSubscribers(_known.View, log);
        _connections = new ClusterConnections(connectionString, rules);
        _reports = new ClusterReports(new ClusterMetrics(meter, this, () => LeaseLeft), log, card);
        _beats = new StatementThread("cluster-beat", _connections.OpenForBeats, rules, Now, this);
        _tables = new StatementThread("cluster-tables", _connections.Open, rules, Now, this);
        _reconciles = new StatementThread("cluster-reconcile", _connections.Open, rules, Now, this);
        _thread = new Thread(Run) { Name = "cluster", IsBackground = true };
    }

    public NodeId Self => _known.Self;

    public ClusterView View => _known.View;

    public bool HoldsLease => _gate.HoldsLease(Now());

    /// <summary>How long this node may still act whatever happens; zero when it may not.</summary>
    public TimeSpan LeaseLeft
    {
        get
        {
            var left = _gate.Until - Now();
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Completes when the node is in the cluster and holds a lease for the first time.</summary>
    public Task Joined => _joined.Task;

    public bool MayAct(ShardId shard, long epoch) => _gate.MayAct(shard, epoch, Now());

    public IDisposable Subscribe(Action<ClusterView> changed) => _subscribers.Add(changed);

    public void Refresh()
    {
        // Every message that comes too late asks; one answer serves all of them.
        if (!Interlocked.Exchange(ref _isRefreshAsked, true))
            Tell(MembershipInput.RefreshRequested.Instance);
    }

    public void Attach(IShardHost host) => _host = host;

    public void LinkUp(NodeId peer) => Tell(new MembershipInput.LinkUp(peer));

    public void LinkDown(NodeId peer) => Tell(new MembershipInput.LinkDown(peer));

    /// <summary>Joins, and keeps joining when it is put out. To be called once, after <see cref="Attach"/>.</summary>
    public void Start() => _thread.Start();

    /// <summary>Hands over all shards, and takes none until it is called off. The node stays in the cluster.</summary>
    public void Drain() => Tell(MembershipInput.DrainRequested.Instance);

    public void CallOffDrain() => Tell(MembershipInput.DrainCalledOff.Instance);

    /// <summary>Hands over all shards, stops what nobody takes, and goes. Completes when the node is out of the cluster, if the database lets it.</summary>
    public Task LeaveAsync()
    {
        _reports.Leaving();
        Tell(MembershipInput.LeaveRequested.Instance);
        return _left.Task;
    }

    /// <summary>Stops at once, as if the process had died: without <see cref="LeaveAsync"/> before it, the others have to find out.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopping, true))
            return;
        _inputs.CompleteAdding();
        await Task.Run(() =>
        {
            if (_thread.ThreadState != (ThreadState.Background | ThreadState.Unstarted))
                _thread.Join();
            _session?.Dispose();
            foreach (var thread in (StatementThread[])[_beats, _tables, _reconciles])
                thread.Dispose();
        });
        _inputs.Dispose();
    }

    void IStatementListener.Completed(MembershipStatement statement, StatementResult result, TimeSpan sent)
    {
        _reports.Done(statement, result, Now() - sent);
        Tell(new MembershipInput.Completed(statement, result, sent));
    }

    void IStatementListener.Failed(MembershipStatement statement, Exception why)
    {
        _reports.Failed(why);
        Tell(new MembershipInput.Failed(statement));
    }

    void IStatementListener.SessionLost(NodeId life, Exception why)
    {
        _reports.Failed(why);
        Tell(new MembershipInput.SessionLost(life));
    }

    void IStatementListener.Notified(string payload) => Tell(
        long.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? new MembershipInput.Notified(version)
            : MembershipInput.Notified.Instance);

    private TimeSpan Now() => _clock.GetElapsedTime(_start);

    private void Tell(MembershipInput input)
    {
        if (Volatile.Read(ref _isStopping))
            return;
        try
        {
            _inputs.Add(input);
        }
        catch (InvalidOperationException)
        {
            // It has stopped in between.
        }
    }

    private void Run()
    {
        _lived(_machine.Self);
        MembershipInput? input = MembershipInput.Tick.Instance;
        while (!Volatile.Read(ref _isStopping))
        {
            if (input is MembershipInput.RefreshRequested)
                Volatile.Write(ref _isRefreshAsked, false);
            foreach (var output in _machine.Step(input, Now()))
                Apply(output);
            _reports.Lease(HoldsLease);
            input = Next();
        }
    }

    /// <summary>What comes first: somebody's word, or the time at which the machine wants to look by itself.</summary>
    private MembershipInput Next()
    {
        // Up to the next whole millisecond: before its time a tick would find nothing to do.
        double wait = Math.Ceiling((_machine.NextTick - Now()).TotalMilliseconds);
        return wait > 0 && _inputs.TryTake(out var input, (int)Math.Min(wait, int.MaxValue)) ? input : MembershipInput.Tick.Instance;
    }

    private void Apply(MembershipOutput output)
    {
        // First: from here on any thread may see what is granted, or that nothing is any more.
        _gate.Apply(output);
        switch (output)
        {
            case MembershipOutput.Execute(var statement):
                Execute(statement);
                break;
            case MembershipOutput.NewView(var self, var view):
                var before = _known;
                _known = new Membership(self, view);
                _reports.View(before.View, view, self);
                _subscribers.Publish(view);
                break;
            case MembershipOutput.LeaseUntil(var until):
                if (until > TimeSpan.Zero)
                    _joined.TrySetResult();
                break;
            case MembershipOutput.HandOff(var shard, var epoch, _):
                HandOff(shard, epoch);
                break;
            case MembershipOutput.Fenced(var life, var next):
                _reports.Fenced(life, next);
                if (next is { } id)
                    _lived(id);
                _host?.Fenced();
                Tell(new MembershipInput.EntitiesStopped(life));
                break;
            case MembershipOutput.Left:
                _reports.Left();
                _left.TrySetResult();
                break;
            case MembershipOutput.Probe(var node, var link):
                new Thread(() => Tell(new MembershipInput.Probed(node, PortProbe.Run(link)))) { Name = "cluster-probe", IsBackground = true }.Start();
                break;
            case MembershipOutput.Report(var occurrence):
                _reports.Event(occurrence, View);
                break;
        }
    }

    private void Execute(MembershipStatement statement)
    {
        switch (statement)
        {
            case MembershipStatement.HoldSession hold:
                // It goes as soon as it notices; this thread has a lease to keep.
                _session?.Stop();
                _session = new SessionThread(hold, _connections, Now, this);
                break;
            case MembershipStatement.Beat:
                _beats.Send(statement);
                break;
            case MembershipStatement.Reconcile:
                _reconciles.Send(statement);
                break;
            default:
                _tables.Send(statement);
                break;
        }
    }

    /// <summary>A shard whose entities do not stop is not given up: the others take it when its time is over, and it may not act by then.</summary>
    private void HandOff(ShardId shard, long epoch)
    {
        _reports.HandingOff(shard, epoch);
        _ = StopEntitiesAsync();

        async Task StopEntitiesAsync()
        {
            try
            {
                if (_host is { } host)
                    await host.HandOffAsync(shard, epoch);
                Tell(new MembershipInput.HandedOff(shard, epoch));
            }
            catch (Exception e)
            {
                _reports.HandOffFailed(shard, e);
            }
        }
    }

    private sealed record Membership(NodeId Self, ClusterView View);
}
