namespace Conference.Actors.Cluster.Membership;

/// <remarks>This part: what became of statements.</remarks>
public sealed partial class MembershipMachine
{
    private void OnCompleted(MembershipStatement statement, StatementResult result, TimeSpan sent)
    {
        if (_isAway)
        {
            _isAway = false;
            Report(new MembershipEvent.DatabaseAway(false));
        }

        // It has given up everything: no answer that was under way then may grant it a lease, nor show it a shard.
        if (_isReleasing && statement is not MembershipStatement.Release)
            return;
        switch (statement, result)
        {
            case (MembershipStatement.HoldSession, _) when _life.HoldSession.Complete(statement):
                _life.HasSession = true;
                // What was notified while nobody listened is lost.
                _life.LoadWanted = true;
                break;
            case (MembershipStatement.Register, _) when _life.Register.Complete(statement):
                OnRegistered(result);
                break;
            case (MembershipStatement.Beat, _) when _life.Beat.Complete(statement):
                OnBeaten(result, sent);
                break;
            case (MembershipStatement.Load, StatementResult.Loaded loaded) when _life.Load.Complete(statement):
                OnLoaded(loaded.Tables, sent);
                break;
            case (MembershipStatement.Observe, StatementResult.Observed observed) when _life.Observe.Complete(statement):
                OnObserved(observed.Nodes, sent);
                break;
            case (MembershipStatement.Reconcile, _) when _life.Reconcile.Complete(statement):
                OnReconciled(result);
                break;
            case (MembershipStatement.CompleteHandoff handoff, _) when _life.CompleteHandoff.Complete(statement):
                _life.Handoffs.Given(handoff.Shards, _now);
                _life.LoadWanted = true;
                break;
            case (MembershipStatement.SetState, _) when _life.SetState.Complete(statement):
                _life.LoadWanted = true;
                _life.SetState.NotBefore = _now + _rules.Retry;
                break;
            case (MembershipStatement.Release release, _) when _release.Complete(statement):
                OnReleased(release.Self);
                break;
        }
    }

    private void OnRegistered(StatementResult result)
    {
        switch (result)
        {
            case StatementResult.Registered registered:
                _life.IsRegistered = true;
                _life.LoadWanted = true;
                _life.JoiningSince = _now;
                Report(new MembershipEvent.Registered(Self, registered.Number));
                break;
            case StatementResult.AddressInUse inUse:
                _life.Register.NotBefore = _now + _rules.Beat;
                Report(new MembershipEvent.AddressInUse(inUse.By));
                break;
            case StatementResult.Fenced:
                Fence();
                break;
        }
    }

    private void OnBeaten(StatementResult result, TimeSpan sent)
    {
        // No row was touched: somebody has the right to this life's shards, so it ends before it does anything else.
        if (result is not StatementResult.Beaten { Version: var version } || IsHistoryLost(version, sent))
        {
            Fence();
            return;
        }

        _life.Lease.Beaten(sent, version);
        if (_life.Tables is { } tables && version <= tables.Version)
            _life.Timers.Confirm(tables, _now);
        _life.WantedVersion = Math.Max(_life.WantedVersion, version);
        SayLease();
    }

    /// <summary>The tables are older than they were: a copy took their place that had not heard of everything.</summary>
    private bool IsHistoryLost(long version, TimeSpan sent) =>
        _life.Tables is { } tables && version < tables.Version && sent >= _life.LoadedAt;

    private void OnFailed(MembershipStatement statement)
    {
        // What was seen before an error proves nothing after it: all beats stand still while the database is away.
        Discard();
        if (!_isAway)
        {
            _isAway = true;
            Report(new MembershipEvent.DatabaseAway(true));
        }

        var lane = statement switch
        {
            MembershipStatement.HoldSession => _life.HoldSession,
            MembershipStatement.Register => _life.Register,
            MembershipStatement.Beat => _life.Beat,
            MembershipStatement.Load => _life.Load,
            MembershipStatement.Observe => _life.Observe,
            MembershipStatement.Reconcile => _life.Reconcile,
            MembershipStatement.CompleteHandoff => _life.CompleteHandoff,
            MembershipStatement.SetState => _life.SetState,
            _ => _release,
        };
        if (!lane.Fail(statement, _now, Chance()))
            return;
        if (statement is MembershipStatement.Load)
            _life.LoadWanted = true;
        if (statement is MembershipStatement.Beat && lane.NotBefore < _life.NextBeat)
            _life.NextBeat = lane.NotBefore;
    }
}
