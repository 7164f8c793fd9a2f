using System.Collections.Immutable;

namespace Conference.Actors.Cluster.Membership;

/// <summary>What a statement came to. Which may follow which: see <see cref="MembershipStatement"/>.</summary>
public abstract record StatementResult
{
    private StatementResult()
    {
    }

    public sealed record Done : StatementResult
    {
        public static Done Instance { get; } = new();
    }

    /// <summary>This life is over.</summary>
    public sealed record Fenced : StatementResult
    {
        public static Fenced Instance { get; } = new();
    }

    /// <summary>Another node reconciles now.</summary>
    public sealed record Busy : StatementResult
    {
        public static Busy Instance { get; } = new();
    }

    public sealed record Registered(int Number) : StatementResult;

    public sealed record AddressInUse(NodeId By) : StatementResult;

    public sealed record Beaten(long Version) : StatementResult;

    public sealed record Loaded(MembershipTables Tables) : StatementResult;

    public sealed record Observed(ImmutableArray<NodeObservation> Nodes) : StatementResult;

    /// <param name="Plan">What was written, where its conditions still held; empty when nothing was to be done.</param>
    public sealed record Reconciled(ReconcilePlan Plan) : StatementResult;
}
