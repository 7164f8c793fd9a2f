using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// The database as its clients meet it: it may be away, stand still or be out of reach; statements are done some time after they are sent and
/// answered some time after that, or fail before or after they are committed; rows are locked while others write them.
/// </summary>
internal sealed class ModelDatabase(World world, SimulationOptions options, Weather weather, Invariants invariants)
{
    internal static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _lockLimit = TimeSpan.FromSeconds(2);
    private readonly Dictionary<NodeId, SimulatedNode> _sessions = [];
    private readonly ModelJournal _journal = new(world, options, weather, invariants);
    private Reconciling? _reconciling;
    private TimeSpan _standsStillUntil;

    public ModelTables Tables { get; } = new(options, invariants);

    public bool IsUp { get; private set; } = true;

    private readonly List<(TimeSpan From, TimeSpan To)> _absences = [];

    /// <summary>Statements done.</summary>
    public long Statements { get; private set; }

    /// <summary>Rows that went to clients.</summary>
    public long RowsRead { get; private set; }

    /// <summary>Counts its stops.</summary>
    public int Era => _absences.Count;

    /// <summary>Whose decision a reconcile waits for.</summary>
    public SimulatedNode? Reconciler => _reconciling is { IsIdle: true } ? _reconciling.By : null;

    /// <summary>Whether it was away at any time between two, by true time.</summary>
    public bool WasAway(TimeSpan from, TimeSpan to) => _absences.Exists(a => a.From < to && a.To > from);

    /// <summary>All connections end, and what was under way is undone or, where it was committed, not answered.</summary>
    public void Stop()
    {
        IsUp = false;
        _absences.Add((world.Now, TimeSpan.MaxValue));
        foreach (var (id, client) in _sessions.ToArray())
            EndSession(id, client, world.Between(0.001, 0.1));
        _journal.Stop();
        if (_reconciling is { } reconciling)
            Abort(reconciling);
    }

    public void Start()
    {
        IsUp = true;
        _absences[^1] = (_absences[^1].From, world.Now);
    }

    /// <summary>Everything waits, as on a disk that does not answer.</summary>
    public void StandStill(TimeSpan time) => _standsStillUntil = world.Now + time;

    public void Send(Answer answer)
    {
        var client = answer.Client;
        if (client.IsCutOff)
        {
            answer.Expire(options.Rules);
            return;
        }

        var delay = weather.Delay();
        if (!IsUp || world.Chance(weather.FailsBefore))
        {
            world.After(delay, answer.Fail);
            return;
        }

        if (delay > options.Rules.BeatTimeout)
            answer.Expire(options.Rules);
        world.After(delay, () => Arrive(answer));
    }

    public void Notify()
    {
        var notified = new MembershipInput.Notified(Tables.Version);
        foreach (var client in _sessions.Values)
        {
            if (!client.IsCutOff && !world.Chance(weather.LosesNotifications))
                world.After(weather.Delay(), () => client.Post(() => client.Step(notified)));
        }
    }

    /// <summary>The process is gone: its kernel closed all its connections.</summary>
    public void Closed(SimulatedNode client)
    {
        foreach (var id in _sessions.Where(s => s.Value == client).Select(s => s.Key).ToArray())
            EndSession(id, client, TimeSpan.Zero);
        _journal.Closed(client);
        if (_reconciling is { IsIdle: true } reconciling && reconciling.By == client)
            Abort(reconciling);
    }

    /// <summary>An entity's write, checked by the node before it was sent.</summary>
    public void Write(SimulatedNode client, ShardId shard, long epoch)
    {
        if (!IsUp || client.IsCutOff)
            return;
        if (_standsStillUntil > world.Now)
            world.At(_standsStillUntil, () => Write(client, shard, epoch));
        else
            _journal.Write(client, shard, epoch, Tables[shard].Epoch);
    }

    private void Arrive(Answer answer)
    {
        if (answer.Era != Era)
        {
            answer.Fail();
            return;
        }

        if (_standsStillUntil > world.Now)
        {
            answer.Expire(options.Rules);
            world.At(_standsStillUntil + weather.Delay(), () => Arrive(answer));
            return;
        }

        switch (answer.Statement)
        {
            case MembershipStatement.HoldSession when answer.IsGiven || answer.Statement.Self != answer.Client.Self:
                // Whoever gave up has closed the connection.
                break;
            case MembershipStatement.HoldSession hold:
                OpenSession(hold.Self, answer.Client);
                Respond(answer, StatementResult.Done.Instance);
                break;
            case MembershipStatement.Reconcile reconcile:
                Begin(answer, reconcile);
                break;
            case MembershipStatement.CompleteHandoff handoff when _journal.Locks(handoff.Shards.Select(s => s.Shard)):
            case MembershipStatement.Release release when _journal.Locks(Tables.Snapshot().Shards.Where(s => s.Owner == release.Self).Select(s => s.Id)):
                answer.Expire(options.Rules);
                world.After(TimeSpan.FromSeconds(0.02), () => Arrive(answer));
                break;
            default:
                var result = Tables.Do(answer.Statement, out var hasChanged);
                if (hasChanged)
                    Notify();
                if (result is StatementResult.Beaten && !options.BeatsTellVersions)
                    result = new StatementResult.Beaten(answer.Client.View?.Version ?? 0);
                Respond(answer, result);
                if (world.Chance(weather.Repeats))
                    world.After(world.Between(0, 3), () => Repeat(answer.Statement));
                break;
        }
    }

    /// <summary>It was sent twice, and nobody waits for the second answer.</summary>
    private void Repeat(MembershipStatement statement)
    {
        if (!IsUp || _journal.Locks(Tables.Snapshot().Shards.Where(s => s.Owner == statement.Self).Select(s => s.Id)))
            return;
        _ = Tables.Do(statement, out var hasChanged);
        if (hasChanged)
            Notify();
    }

    private void Respond(Answer answer, StatementResult result)
    {
        Statements++;
        RowsRead += result switch
        {
            StatementResult.Observed observed => observed.Nodes.Length,
            StatementResult.Loaded loaded => loaded.Tables.Nodes.Length + loaded.Tables.Shards.Length,
            _ => 1,
        };
        var delay = weather.Delay();
        if (world.Chance(weather.FailsAfter))
            world.After(delay, answer.Fail);
        else if (answer.Client.IsCutOff)
            answer.Expire(options.Rules);
        else
            world.After(delay, () => Receive(answer, result));
    }

    private void Receive(Answer answer, StatementResult result)
    {
        if (answer.Era != Era)
            answer.Fail();
        else if (answer.Client.IsCutOff)
            answer.Expire(options.Rules);
        else
            answer.Complete(result);
    }

    private void OpenSession(NodeId id, SimulatedNode client)
    {
        foreach (var earlier in _sessions.Where(s => s.Value == client && s.Key != id).Select(s => s.Key).ToArray())
        {
            _ = _sessions.Remove(earlier);
            _ = Tables.Locks.Remove(earlier);
        }

        if (!client.IsRunning)
            return;
        _sessions[id] = client;
        _ = Tables.Locks.Add(id);
    }

    /// <summary>The server's side ends at once, and the client learns it somewhat later.</summary>
    public void EndSession(NodeId id, SimulatedNode client, TimeSpan learns)
    {
        _ = _sessions.Remove(id);
        _ = Tables.Locks.Remove(id);
        world.After(learns, () => client.Post(() =>
        {
            if (client.Self == id)
                client.LastErrorAt = world.Now;
            client.Step(new MembershipInput.SessionLost(id));
        }));
    }

    public void EndSessionOf(SimulatedNode client, TimeSpan learns)
    {
        foreach (var id in _sessions.Where(s => s.Value == client).Select(s => s.Key).ToArray())
            EndSession(id, client, learns);
    }

    private void Begin(Answer answer, MembershipStatement.Reconcile reconcile)
    {
        var client = answer.Client;
        if (_reconciling is not null)
        {
            Respond(answer, StatementResult.Busy.Instance);
            return;
        }

        if (!client.IsRunning || answer.IsGiven)
            return;
        var transaction = answer.Reconciling!;
        (transaction.Rows, transaction.IsIdle, transaction.IsOver) = (Tables.Snapshot(), true, false);
        _reconciling = transaction;
        answer.Expire(options.Rules);
        world.After(IdleLimit, () =>
        {
            if (transaction.IsIdle && options.EndsIdleTransactions)
                Abort(transaction);
        });

        // The rows travel to the client, which decides, and its writes travel back together with the commit.
        world.After(weather.Delay(), () => client.Post(() =>
        {
            if (answer.IsGiven)
            {
                Abort(transaction);
                return;
            }

            var plan = ReconcilePlan.Decide(transaction.Rows, reconcile.Evidence, options.Rules);
            world.Trace(client.Name, plan);
            if (!client.IsCutOff)
                world.After(weather.Delay(), () => Finish(answer, transaction, plan, world.Now + _lockLimit));
        }));
    }

    /// <summary>From here on the client is not needed.</summary>
    private void Finish(Answer answer, Reconciling transaction, ReconcilePlan plan, TimeSpan limit)
    {
        if (transaction.IsOver)
        {
            answer.Fail();
            return;
        }

        transaction.IsIdle = false;
        foreach (var dead in plan.Dead)
        {
            if (Tables.Find(dead.Id)?.Beat == dead.Beat)
                _journal.Terminate(dead.Id);
        }

        if (_journal.Locks(plan.Takeovers.Select(t => t.Shard).Concat(plan.Drains.Select(d => d.Shard))))
        {
            if (world.Now >= limit)
            {
                Abort(transaction);
                answer.Fail();
                return;
            }

            world.After(TimeSpan.FromSeconds(0.02), () => Finish(answer, transaction, plan, limit));
            return;
        }

        if (!plan.IsEmpty && Tables.Apply(plan, transaction) is { } marked)
        {
            foreach (var id in marked)
            {
                if (_sessions.TryGetValue(id, out var client))
                    EndSession(id, client, TimeSpan.FromSeconds(0.01));
            }

            Notify();
        }

        Abort(transaction);
        Respond(answer, new StatementResult.Reconciled(plan));
    }

    private void Abort(Reconciling transaction)
    {
        transaction.IsOver = true;
        if (_reconciling == transaction)
            _reconciling = null;
    }
}
