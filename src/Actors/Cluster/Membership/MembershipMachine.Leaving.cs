using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <remarks>This part: what this node gives up: shards one by one, or all of them and itself.</remarks>
public sealed partial class MembershipMachine
{
    private NodeRowState _wanted = NodeRowState.Up;
    private TimeSpan _leavingSince;
    private bool _isLeaving;
    private bool _isReleasing;
    private bool _isOver;

    private void ProceedHandoffs()
    {
        // Whatever has stopped goes; what stops meanwhile goes together in the next.
        if (_life.CompleteHandoff.IsBusy)
            return;
        var ready = _life.Handoffs.Ready(_life.Tables!);
        if (ready.Length > 0)
            _ = Send(_life.CompleteHandoff, life => new MembershipStatement.CompleteHandoff(life.Id, ready));
    }

    /// <summary>Brings this node's state in the tables to what it should be.</summary>
    private void ProceedState()
    {
        var state = _life.Row!.State;
        if (state == _wanted)
            return;
        if (state == NodeRowState.Joining && _wanted == NodeRowState.Up)
        {
            // Given a shard, it must be found by those who have messages for it. Of two that do not reach each other the younger would be
            // put out in the end: it does not even come in.
            ImmutableArray<NodeId> missing = [.. _life.Up.Select(n => n.Id).Where(id => !_life.Peers.IsLinked(id))];
            if (missing.Length > 0)
            {
                ReportMissing(missing);
                return;
            }
        }

        _ = Send(_life.SetState, life => new MembershipStatement.SetState(life.Id, _wanted));
    }

    private void ReportMissing(ImmutableArray<NodeId> missing)
    {
        var at = _life.JoiningSince + _rules.AccuseAfter;
        if (_now < at)
        {
            Wake(at);
        }
        else if (!missing.SequenceEqual(_life.ReportedMissing))
        {
            _life.ReportedMissing = missing;
            Report(new MembershipEvent.WaitingForLinks(missing));
        }
    }

    private void ProceedLeaving()
    {
        if (_life.Tables is not { } tables)
        {
            // Of a registration that is under way nobody knows yet what is to be undone.
            if (!_life.Register.IsBusy && !_life.IsRegistered)
                ReleaseAll();
            return;
        }

        var limit = _leavingSince + _rules.LeaveLimit;
        if (!_life.OwnsAny)
        {
            if (_life.Row!.State == NodeRowState.Leaving)
                ReleaseAll();
            return;
        }

        if (_now < limit && _life.Up.Any(n => n.Id != Self))
        {
            Wake(limit);
            return;
        }

        // Nobody takes them, so they are nobody's.
        foreach (var shard in tables.Shards)
        {
            if (shard.Owner == Self && _life.Handoffs.Begin(new ShardEpoch(shard.Id, shard.Epoch), null))
                Put(new MembershipOutput.HandOff(shard.Id, shard.Epoch, TimeSpan.MaxValue));
        }

        if (_life.Handoffs.AreAllStopped || _now >= limit + _rules.StatementTimeout)
            ReleaseAll();
        else
            Wake(limit + _rules.StatementTimeout);
    }

    /// <summary>From here on this node does not act, so others may.</summary>
    private void ReleaseAll()
    {
        _isReleasing = true;
        Say(TimeSpan.Zero);
        _toRelease.Enqueue(Self);
        ProceedReleases();
    }

    private void ProceedReleases()
    {
        if (_toRelease.TryPeek(out var over))
            _ = Send(_release, _ => new MembershipStatement.Release(over));
    }

    private void OnReleased(NodeId released)
    {
        _ = _toRelease.Dequeue();
        if (!_isReleasing || released != Self)
            return;
        _isOver = true;
        Put(MembershipOutput.Left.Instance);
    }
}
