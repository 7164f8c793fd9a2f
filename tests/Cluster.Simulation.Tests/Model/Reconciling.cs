using Conference.Actors.Cluster.Membership;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>One reconcile under way.</summary>
/// <param name="By">Who.</param>
/// <param name="Evidence">With what it was sent.</param>
/// <param name="SentAt">True time.</param>
/// <param name="HeldLease">It held a lease then.</param>
/// <param name="LastErrorAt">The last database error it had known of then, in true time.</param>
internal sealed record Reconciling(
    SimulatedNode By, ReconcileEvidence Evidence, TimeSpan SentAt, bool HeldLease, TimeSpan LastErrorAt)
{
    /// <summary>What it read.</summary>
    public MembershipTables Rows { get; set; } = null!;

    /// <summary>Its client has to say how it goes on; else the transaction is aborted.</summary>
    public bool IsIdle { get; set; }

    public bool IsOver { get; set; }
}
