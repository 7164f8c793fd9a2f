using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>Everything the machine knows that is over with this life of the node.</summary>
internal sealed class Life(NodeId id, MembershipRules rules)
{
    internal NodeId Id => id;

    internal bool HasSession { get; set; }

    internal bool IsRegistered { get; set; }

    /// <summary>The newest that was loaded.</summary>
    internal MembershipTables? Tables { get; set; }

    internal TimeSpan LoadedAt { get; set; }

    /// <summary>The tables are to be loaded once more, whatever is known of them.</summary>
    internal bool LoadWanted { get; set; }

    /// <summary>They are to be loaded if they are not as new as this.</summary>
    internal long WantedVersion { get; set; } = -1;

    internal TimeSpan NextBeat { get; set; }

    internal TimeSpan NextObservation { get; set; }

    internal Lease Lease { get; } = new(rules);

    internal Observations Observations { get; } = new(rules);

    internal ShardTimers Timers { get; } = new(rules);

    internal Handoffs Handoffs { get; } = new();

    internal Peers Peers { get; } = new(rules);

    internal Ports Ports { get; } = new(rules);

    /// <summary>Who is dead, by what was seen last.</summary>
    internal ImmutableArray<DeadNode> Dead { get; set; } = [];

    /// <summary>Who may be dead before long, by what was seen last.</summary>
    internal ImmutableArray<NodeId> Doubtful { get; set; } = [];

    /// <summary>Something has been learned since <see cref="Plan"/> was made.</summary>
    internal bool IsPlanOld { get; set; }

    /// <summary>What a reconcile would do now, as far as can be seen from here.</summary>
    internal ReconcilePlan Plan { get; set; } = ReconcilePlan.Empty;

    internal TimeSpan? PlanSince { get; set; }

    /// <summary>Until then, nodes that came lately may have others behind them.</summary>
    internal TimeSpan SettledAt { get; set; }

    internal TimeSpan JoiningSince { get; set; }

    internal ImmutableArray<NodeId> ReportedMissing { get; set; } = [];

    internal Lane HoldSession { get; } = new(rules);

    internal Lane Register { get; } = new(rules);

    internal Lane Beat { get; } = new(rules);

    internal Lane Load { get; } = new(rules);

    internal Lane Observe { get; } = new(rules);

    internal Lane Reconcile { get; } = new(rules);

    internal Lane CompleteHandoff { get; } = new(rules);

    internal Lane SetState { get; } = new(rules);

    internal NodeRow? Row => Find(id);

    internal NodeRow? Find(NodeId node)
    {
        foreach (var row in Tables!.Nodes)
        {
            if (row.Id == node)
                return row;
        }

        return null;
    }

    /// <summary>Nodes that are given shards, the oldest first.</summary>
    internal ImmutableArray<NodeRow> Up { get; private set; } = [];

    internal void Take(MembershipTables tables)
    {
        Tables = tables;
        Up = [.. tables.Nodes.Where(n => n.State == NodeRowState.Up).OrderBy(n => n.Number)];
        IsPlanOld = true;
    }

    internal bool OwnsAny => Tables!.Shards.Any(s => s.Owner == id);
}
