using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What belongs in the log and in counters.</summary>
public abstract record MembershipEvent
{
    private MembershipEvent()
    {
    }

    /// <summary>This life is in the tables.</summary>
    public sealed record Registered(NodeId Self, int Number) : MembershipEvent;

    /// <summary>Another live node says it is at this node's address (<c>Cluster:Advertise</c>). Tried again.</summary>
    public sealed record AddressInUse(NodeId By) : MembershipEvent;

    /// <summary>This node waits for links to these before it takes shards. Said when it changes.</summary>
    public sealed record WaitingForLinks(ImmutableArray<NodeId> Missing) : MembershipEvent;

    /// <summary>This node's reconcile changed the tables.</summary>
    public sealed record Reconciled(ReconcilePlan Done) : MembershipEvent;

    /// <summary>Statements began to fail, or succeed again.</summary>
    public sealed record DatabaseAway(bool IsAway) : MembershipEvent;
}
