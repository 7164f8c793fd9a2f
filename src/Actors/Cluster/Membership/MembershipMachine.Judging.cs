using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <remarks>This part: the view, the others' beats, and what is done about both.</remarks>
public sealed partial class MembershipMachine
{
    /// <summary>Between one node's turn to reconcile and the next one's, so that not all do what one can.</summary>
    private static readonly TimeSpan _turn = TimeSpan.FromSeconds(0.1);

    private void OnLoaded(MembershipTables tables, TimeSpan sent)
    {
        if (IsHistoryLost(tables.Version, sent))
        {
            Fence();
            return;
        }

        var known = _life.Tables;
        if (tables.Version < known?.Version)
            return;
        _life.Handoffs.Keep(tables, Self, sent);
        if (tables.Version != known?.Version)
        {
            if (Self is var self && !tables.Nodes.Any(n => n.Id == self && n.IsMember))
            {
                Fence();
                return;
            }

            // The last moment at which these shards were known not to drain: no node's limit for them began before it.
            var stop = _life.Lease.Confirmed + _rules.DrainStop;
            TakeView(tables);
            foreach (var shard in tables.Shards)
            {
                if (shard.IsDraining && shard.Owner == Self && _life.Handoffs.Begin(new ShardEpoch(shard.Id, shard.Epoch), stop))
                    Put(new MembershipOutput.HandOff(shard.Id, shard.Epoch, stop));
            }

            Put(new MembershipOutput.NewView(Self, View(tables)));
        }

        _life.LoadedAt = _now;
        _life.Lease.Loaded(sent, tables.Version);
        _life.Timers.Confirm(tables, _now);
        SayLease();
    }

    private void TakeView(MembershipTables tables)
    {
        var before = _life.Up;
        _life.Take(tables);
        if (!before.Select(n => n.Id).SequenceEqual(_life.Up.Select(n => n.Id)))
            _life.SettledAt = _now + _rules.Settle;
        _life.Peers.Expect(
            [.. tables.Nodes.Where(n => n.State is NodeRowState.Up or NodeRowState.Leaving && n.Id != Self).Select(n => n.Id)], _now);
        _life.Ports.Keep(tables);
    }

    private static ClusterView View(MembershipTables tables) => new(
        tables.Version,
        [.. tables.Nodes.Where(n => n.State != NodeRowState.Down).Select(n => new ClusterNode(n.Id, n.Card.Name, n.Card.Link, n.Number, State(n), n.Card.Host))],
        [.. tables.Shards.Select(s => new ShardPlace(s.Owner, s.Epoch, s.Target))]);

    private static NodeState State(NodeRow row) => row.State switch
    {
        NodeRowState.Joining => NodeState.Joining,
        NodeRowState.Up => NodeState.Up,
        _ => NodeState.Leaving,
    };

    private void ProceedObservation()
    {
        // Without a session a short absence of the database may pass between two statements unnoticed.
        if (_now >= _life.Lease.Until || !_life.HasSession)
            return;
        var crossing = _life.Observations.NextCrossing is { } at && at < _life.NextObservation ? at : _life.NextObservation;
        if (_now < crossing)
            Wake(crossing);
        else if (Send(_life.Observe, life => new MembershipStatement.Observe(life.Id, Watched(), Suspects())))
            _life.NextObservation = _now + _rules.Observe;
    }

    /// <summary>
    /// The oldest watch all, and everybody watches the oldest and those whom links do not reach: with many nodes, most read a handful of
    /// rows. Default: all.
    /// </summary>
    private ImmutableArray<NodeId> Watched()
    {
        var up = _life.Up;
        if (up.Length <= _rules.Watchers + 1 || up.Take(_rules.Watchers).Any(n => n.Id == Self))
            return default;
        return [.. up.Take(_rules.Watchers).Select(n => n.Id).Union(_life.Peers.Missing), Self];
    }

    private ImmutableArray<NodeId> Suspects() =>
        [.. _life.Observations.StoodStillFor(_rules.Stall, _now).Where(id => id != Self)];

    private void OnObserved(ImmutableArray<NodeObservation> rows, TimeSpan sent)
    {
        if (_now >= _life.Lease.Until || !_life.HasSession)
            return;
        _life.Observations.Add(rows, sent, _now);
        var doubtful = _life.Observations.Doubtful;
        _life.IsPlanOld |= _life.Observations.HasAccusations || !doubtful.SequenceEqual(_life.Doubtful);
        _life.Doubtful = doubtful;
        foreach (var row in rows)
            Prove(row.Id);
        Judge(rows.Select(r => r.Id).Union(_life.Dead.Select(d => d.Id)));
    }

    /// <summary>Sees whether a node's port is open while it is well: only then will "refused" say something of it.</summary>
    private void Prove(NodeId id)
    {
        if (id == Self || _life.Ports.WasOpen(id) || _life.Find(id) is not { IsMember: true } row)
            return;
        if (_life.Ports.Ask(id, _now, _life.Ports.ProofPause))
            Put(new MembershipOutput.Probe(id, row.Card.Link));
    }

    private void OnProbed(NodeId id, ProbeAnswer answer)
    {
        if (_life.Tables is null)
            return;
        _life.Ports.Answered(id, answer, _life.Observations.StoodStill(id) is null ? null : _life.Observations.Beat(id));
        Judge([id]);
    }

    /// <summary>
    /// Who is dead. Never by one sign alone: a beat that stood still for the whole TTL means that the node's lease is out, since a lease is
    /// shorter; one that stood still for less counts only when the process is gone, which cannot act any more.
    /// </summary>
    private void Judge(IEnumerable<NodeId> nodes)
    {
        foreach (var id in nodes)
        {
            if (id == Self)
                continue;
            var evidence = Evidence(id);
            var known = _life.Dead.FirstOrDefault(d => d.Id == id);
            if (evidence is null && known == default)
                continue;
            var dead = _life.Dead.RemoveAll(d => d.Id == id);
            if (evidence is { } why)
                dead = dead.Add(new DeadNode(id, _life.Observations.Beat(id), why));
            (_life.Dead, _life.IsPlanOld) = (dead, true);
        }
    }

    private DeathEvidence? Evidence(NodeId id)
    {
        if (_life.Observations.StoodStill(id) is not { } still || _life.Find(id) is not { } row)
            return null;
        if (still >= _rules.Ttl)
            return DeathEvidence.BeatStoodStill;
        if (still < _rules.Stall || !_life.Observations.HasNoSession(id))
            return null;
        if (_life.Tables!.Nodes.Any(n => n.IsMember && n.Number > row.Number && n.Card.Link.Equals(row.Card.Link)))
            return DeathEvidence.Replaced;
        if (!_life.Ports.WasOpen(id))
            return null;
        if (_life.Ports.Refused(id, _life.Observations.Beat(id)))
            return DeathEvidence.ProcessGone;
        if (_life.Ports.Ask(id, _now, _life.Ports.DoubtPause))
            Put(new MembershipOutput.Probe(id, row.Card.Link));
        return null;
    }

    private void ProceedReconcile()
    {
        if (_now >= _life.Lease.Until)
            return;
        var limit = _life.Timers.NextLimit;
        if (_life.IsPlanOld || limit <= _now)
            MakePlan();
        if (limit is { } at)
            Wake(at);
        if (_life.PlanSince is not { } since)
            return;
        var due = since + (_turn * Turn());
        if (_life.Plan.OnlySpreads && due < _life.SettledAt)
            due = _life.SettledAt < since + _rules.Beat ? _life.SettledAt : since + _rules.Beat;
        if (_now < due)
            Wake(due);
        else
            _ = Send(_life.Reconcile, life => new MembershipStatement.Reconcile(life.Id, Evidence()));
    }

    /// <summary>Sees whether there is anything to do. The transaction decides again, from what is true then.</summary>
    private void MakePlan()
    {
        var tables = _life.Tables!;
        tables = tables with { Nodes = [.. tables.Nodes.Select(_life.Observations.Refresh)] };
        (_life.Plan, _life.IsPlanOld) = (ReconcilePlan.Decide(tables, Evidence(), _rules), false);
        _life.PlanSince = _life.Plan.IsEmpty ? null : _life.PlanSince ?? _now;
    }

    private ReconcileEvidence Evidence() => new(
        _life.Dead,
        _life.Doubtful,
        _life.Observations.Fresh(_now),
        _life.Observations.Feuds(),
        _life.Timers.Overdue(_now),
        _life.Timers.Orphaned(_now));

    /// <summary>How many are to try before this node does: those that are up, live and older, but no more than 20.</summary>
    private int Turn()
    {
        var before = 0;
        foreach (var row in _life.Up)
        {
            if (row.Id == Self || before == 20)
                return before;
            if (!_life.Dead.Any(d => d.Id == row.Id))
                before++;
        }

        return before;
    }

    private void OnReconciled(StatementResult result)
    {
        if (result is not StatementResult.Reconciled { Plan: var plan })
        {
            _life.Reconcile.NotBefore = _now + (_turn * (1 + Turn()));
            return;
        }

        _life.Reconcile.NotBefore = _now + _turn;
        // Its own view tells whether more is to be done; until it is loaded, nothing is.
        _life.LoadWanted = true;
        if (!plan.IsEmpty)
            Report(new MembershipEvent.Reconciled(plan));
    }
}
