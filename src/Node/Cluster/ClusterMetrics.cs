using System.Diagnostics.Metrics;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Node.Telemetry;

namespace Conference.Node.Cluster;

/// <summary>The cluster as this node knows it, and what it did in it.</summary>
internal sealed class ClusterMetrics
{
    /// <summary>All that <see cref="KindOf"/> says.</summary>
    private static readonly string[] _kinds = ["beat", "observe", "load", "reconcile", "handoff", "session", "register", "state", "release"];

    private static readonly double[] _seconds = [1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Counter<long> _handoffs;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _statements;
    private readonly Counter<long> _observed;
    private readonly Histogram<double> _reconcile;
    private readonly Histogram<double> _handoff;

    /// <param name="meter">Where it counts.</param>
    /// <param name="cluster">Whom it looks at.</param>
    /// <param name="leaseLeft">Null where there is no lease to lose.</param>
    internal ClusterMetrics(Meter meter, ICluster cluster, Func<TimeSpan>? leaseLeft)
    {
        meter.CreateObservableGauge("conference_cluster_shards", () => Shards(cluster), description: "Shards this node owns, is handing over, and those nobody owns.");
        meter.CreateObservableGauge("conference_cluster_nodes", () => Nodes(cluster), description: "Nodes of the cluster that are not down, this one among them.");
        meter.CreateObservableGauge("conference_cluster_epoch_max", () => Owned(cluster).Select(s => s.Epoch).DefaultIfEmpty().Max(), description: "The highest epoch of the shards this node owns.");
        if (leaseLeft is not null)
            meter.CreateObservableGauge("conference_cluster_lease_seconds", () => leaseLeft().TotalSeconds, description: "How long this node may act whatever happens; 0: not at all.");
        _handoffs = meter.CreateCounter<long>("conference_cluster_handoffs", description: "Shards this node has handed over.").FromZero();
        _takeovers = meter.CreateCounter<long>("conference_cluster_takeovers", description: "Shards this node has given from owners that were gone, or late, to others.").FromZero();
        _fenced = meter.CreateCounter<long>("conference_cluster_fenced", description: "Lives of this node that others ended.").FromZero();
        _errors = meter.CreateCounter<long>("conference_cluster_database_errors", description: "Statements of the cluster that failed.").FromZero();
        _statements = meter.CreateCounter<long>("conference_cluster_statements", description: "Statements of the cluster that were done, by kind.").FromZero("kind", _kinds);
        _observed = meter.CreateCounter<long>("conference_cluster_observed_rows", description: "Rows of nodes read to watch their beats.").FromZero();
        _reconcile = meter.CreateHistogram(
            "conference_cluster_reconcile_seconds", unit: null, description: "One look at the tables with the right to change them, done.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = _seconds });
        _handoff = meter.CreateHistogram(
            "conference_cluster_handoff_seconds", unit: null, description: "From a shard's entities being told to stop to its being another node's.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = _seconds });
    }

    internal void HandedOff(TimeSpan after)
    {
        _handoffs.Add(1);
        _handoff.Record(after.TotalSeconds);
    }

    internal void TakenOver(int shards) => _takeovers.Add(shards);

    internal void Fenced() => _fenced.Add(1);

    internal void DatabaseError() => _errors.Add(1);

    /// <summary>On any thread.</summary>
    internal void Done(MembershipStatement statement, StatementResult result, TimeSpan took)
    {
        if (result is StatementResult.Observed observed)
            _observed.Add(observed.Nodes.Length);
        _statements.Add(1, new KeyValuePair<string, object?>("kind", KindOf(statement)));
        if (statement is MembershipStatement.Reconcile)
            _reconcile.Record(took.TotalSeconds);
    }

    private static string KindOf(MembershipStatement statement) => statement switch
    {
        MembershipStatement.Beat => "beat",
        MembershipStatement.Observe => "observe",
        MembershipStatement.Load => "load",
        MembershipStatement.Reconcile => "reconcile",
        MembershipStatement.CompleteHandoff => "handoff",
        MembershipStatement.HoldSession => "session",
        MembershipStatement.Register => "register",
        MembershipStatement.SetState => "state",
        _ => "release",
    };

    private static IEnumerable<ShardPlace> Owned(ICluster cluster)
    {
        var self = cluster.Self;
        return cluster.View.Shards.Where(s => s.Owner == self);
    }

    private static IEnumerable<Measurement<int>> Shards(ICluster cluster) =>
    [
        new(Owned(cluster).Count(s => !s.IsDraining), new KeyValuePair<string, object?>("state", "owned")),
        new(Owned(cluster).Count(s => s.IsDraining), new KeyValuePair<string, object?>("state", "draining")),
        new(cluster.View.Shards.Count(s => s.Owner is null), new KeyValuePair<string, object?>("state", "free")),
    ];

    private static IEnumerable<Measurement<int>> Nodes(ICluster cluster) => Enum.GetValues<NodeState>().Select(state =>
        new Measurement<int>(cluster.View.Nodes.Count(n => n.State == state), new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant())));
}
