using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>Steps as lines one can read.</summary>
internal static class Print
{
    public static string Line(object what) => what switch
    {
        MembershipInput.Completed done => $"<- {Name(done.Statement)} {Line(done.Result)} sent {done.Sent.TotalSeconds:F3}",
        MembershipInput.Failed failed => $"<- {Name(failed.Statement)} FAILED",
        MembershipInput input => $"<- {input}",
        MembershipOutput.Execute execute => $"-> {Line(execute.Statement)}",
        MembershipOutput.NewView view => $"-> view {view.View.Version}",
        MembershipOutput.Report { Event: MembershipEvent.WaitingForLinks waiting } => $"-> waits for links to {Ids(waiting.Missing)}",
        MembershipOutput.Report { Event: MembershipEvent.Reconciled } => "-> reconciled",
        MembershipOutput output => $"-> {output}",
        MembershipStatement.Beat beat => $"Beat{(beat.Accused.IsEmpty ? "" : $" accuses {Ids(beat.Accused)}")}",
        MembershipStatement.Observe observe =>
            $"Observe {(observe.Nodes.IsDefault ? "all" : Ids(observe.Nodes))}{(observe.Suspects.IsEmpty ? "" : $" suspects {Ids(observe.Suspects)}")}",
        MembershipStatement.Reconcile reconcile => $"Reconcile dead [{string.Join(' ', reconcile.Evidence.Dead)}]",
        MembershipStatement.CompleteHandoff handoff => $"CompleteHandoff [{string.Join(' ', handoff.Shards.Select(s => $"{s.Shard}@{s.Epoch}"))}]",
        MembershipStatement statement => Name(statement),
        StatementResult.Loaded loaded => $"version {loaded.Tables.Version}: {Shards(loaded.Tables)}",
        StatementResult.Observed observed => string.Join(' ', observed.Nodes.Select(n => $"{Id(n.Id)}={n.Beat}{(n.HoldsSession is { } held ? held ? "+" : "-" : "")}")),
        StatementResult.Reconciled reconciled => Line(reconciled.Plan),
        ReconcilePlan plan => $"dead [{string.Join(' ', plan.Dead)}] evicted [{Ids(plan.Evicted)}] "
            + $"takeovers [{string.Join(' ', plan.Takeovers.Select(t => $"{t.Shard}@{t.Epoch}>{Id(t.To)}{(t.IsOverdue ? "!" : "")}"))}] "
            + $"drains [{string.Join(' ', plan.Drains.Select(d => $"{d.Shard}@{d.Epoch}>{Id(d.To)}"))}]",
        MembershipTables tables => Shards(tables),
        _ => what.ToString() ?? "",
    };

    private static string Name(MembershipStatement statement) => $"{statement.GetType().Name} {Id(statement.Self)}";

    private static string Ids(IEnumerable<NodeId> ids) => string.Join(' ', ids.Select(Id));

    private static string Id(NodeId id) => id.ToString()[..4];

    private static string Shards(MembershipTables tables) =>
        string.Join(' ', tables.Nodes.Select(n => $"{Id(n.Id)}:{n.State}")) + " | "
        + string.Join(' ', tables.Shards.Select(s => $"{(s.Owner is { } owner ? Id(owner) : "-")}@{s.Epoch}{(s.Target is { } target ? $">{Id(target)}" : "")}"));
}
