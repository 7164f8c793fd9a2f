using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Node.Cluster;

/// <summary>Turns what happens into counters and, once for each change, into words for an operator.</summary>
internal sealed class ClusterReports(ClusterMetrics metrics, ILogger log, NodeCard card)
{
    private readonly Dictionary<ShardEpoch, long> _handingOff = [];
    private volatile string _lastError = "";
    private bool? _holdsLease;
    private volatile bool _isLeaving;
    private NodeId? _addressInUseBy;

    /// <summary>On any thread.</summary>
    internal void Done(MembershipStatement statement, StatementResult result, TimeSpan took) => metrics.Done(statement, result, took);

    /// <summary>On any thread.</summary>
    internal void Failed(Exception why)
    {
        metrics.DatabaseError();
        _lastError = why.InnerException is { } inner ? $"{why.Message}: {inner.Message}" : why.Message;
    }

    internal void Lease(bool isHeld)
    {
        if (isHeld && _holdsLease == false)
            ClusterLog.LeaseHeld(log);
        else if (!isHeld && _holdsLease == true && !_isLeaving)
            ClusterLog.LeaseLost(log);
        else if (!isHeld)
            return;
        _holdsLease = isHeld;
    }

    internal void View(ClusterView before, ClusterView now, NodeId self)
    {
        foreach (var node in now.Nodes.Where(n => n.Id != self))
        {
            var known = before.Find(node.Id);
            if (known is null)
                ClusterLog.NodeJoined(log, node.Name, node.Id, node.Link, now.Nodes.Length);
            if (node.State == NodeState.Leaving && known?.State != NodeState.Leaving)
                ClusterLog.NodeLeaving(log, node.Name, node.Id);
        }

        foreach (var node in before.Nodes.Where(n => n.Id != self && now.Find(n.Id) is null))
            ClusterLog.NodeGone(log, node.Name, node.Id, now.Nodes.Length);
        Shards(before, now, self);
    }

    internal void HandingOff(ShardId shard, long epoch) => _handingOff[new ShardEpoch(shard, epoch)] = TimeProvider.System.GetTimestamp();

    internal void HandOffFailed(ShardId shard, Exception cause) => ClusterLog.HandOffFailed(log, shard, cause);

    internal void Fenced(NodeId life, NodeId? next)
    {
        metrics.Fenced();
        _handingOff.Clear();
        // What follows is a new life's first lease.
        _holdsLease = null;
        ClusterLog.Fenced(log, life, next);
    }

    /// <summary>From here on the lease is given up, and not lost. On any thread.</summary>
    internal void Leaving() => _isLeaving = true;

    internal void Left() => ClusterLog.Left(log);

    internal void Event(MembershipEvent occurrence, ClusterView view)
    {
        switch (occurrence)
        {
            case MembershipEvent.Registered(var self, var number):
                _addressInUseBy = null;
                ClusterLog.Joined(log, number, self, card.Link);
                break;
            case MembershipEvent.AddressInUse(var by) when by != _addressInUseBy:
                _addressInUseBy = by;
                ClusterLog.AddressInUse(log, by, card.Link);
                break;
            case MembershipEvent.WaitingForLinks(var missing):
                if (missing.IsEmpty)
                    ClusterLog.HasLinks(log);
                else
                    ClusterLog.WaitingForLinks(log, string.Join(", ", missing.Select(id => NameOf(id, view))));
                break;
            case MembershipEvent.DatabaseAway(true):
                ClusterLog.DatabaseAway(log, _lastError);
                break;
            case MembershipEvent.DatabaseAway(false):
                ClusterLog.DatabaseBack(log);
                break;
            case MembershipEvent.Reconciled(var plan):
                Reconciled(plan, view);
                break;
        }
    }

    private void Reconciled(ReconcilePlan plan, ClusterView view)
    {
        foreach (var dead in plan.Dead)
            ClusterLog.DeclaredDead(log, NameOf(dead.Id, view), dead.Id, WordsFor(dead.Evidence));
        foreach (var id in plan.Evicted)
            ClusterLog.Evicted(log, NameOf(id, view), id);
        int overdue = plan.Takeovers.Count(t => t.IsOverdue), taken = plan.Takeovers.Length - overdue;
        if (overdue > 0)
            ClusterLog.Overdue(log, overdue);
        if (taken > 0)
            ClusterLog.TakenOver(log, taken);
        metrics.TakenOver(plan.Takeovers.Length);
    }

    private void Shards(ClusterView before, ClusterView now, NodeId self)
    {
        int gained = 0, given = 0;
        for (int i = 0; i < now.Shards.Length; i++)
        {
            bool was = before.Shards[i].Owner == self, isNow = now.Shards[i].Owner == self;
            gained += isNow && !was ? 1 : 0;
            given += was && !isNow ? 1 : 0;
            var shard = new ShardEpoch(new ShardId(i), before.Shards[i].Epoch);
            if (before.Shards[i].Epoch != now.Shards[i].Epoch && _handingOff.Remove(shard, out long since))
                metrics.HandedOff(TimeProvider.System.GetElapsedTime(since));
        }

        if (gained + given == 0)
            return;
        var owned = now.Shards.Where(s => s.Owner == self).ToArray();
        ClusterLog.ShardsMoved(log, gained, given, owned.Length, now.Shards.Length, owned.Select(s => s.Epoch).DefaultIfEmpty().Max());
    }

    private static string NameOf(NodeId id, ClusterView view) => view.Find(id)?.Name ?? id.ToString();

    private static string WordsFor(DeathEvidence evidence) => evidence switch
    {
        DeathEvidence.BeatStoodStill => "it has not beaten for the length of a lease and more",
        DeathEvidence.ProcessGone => "its session with the database has ended, and its port refuses connections",
        DeathEvidence.Replaced => "its session with the database has ended, and another life of it is at its address",
        _ => evidence.ToString(),
    };
}
