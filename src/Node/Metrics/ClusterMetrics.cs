using System.Collections.Frozen;
using System.Collections.Immutable;
using Akka.Cluster;
using Conference.Actors.Cluster;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>The cluster as this node knows it. Peers are named by their node's name: nodes are few. Safe from any thread.</summary>
public sealed class ClusterMetrics : IMetricsSource
{
    private readonly FrozenDictionary<string, Gauge.Child> _nodes;
    private readonly Gauge _oldest;
    private readonly Gauge _reachable;
    private readonly Gauge _roundTrip;
    private readonly Counter _downed;
    private readonly Counter _provenDeaths;
    private readonly Counter _selfDowned;
    private readonly Counter _refused;
    private readonly FrozenDictionary<string, Counter.Child> _associations;
    private readonly ClusteredSources? _clustered;
    private readonly Gauge? _mayAct;
    private readonly Gauge? _database;
    private readonly Gauge? _expiry;
    private ImmutableArray<PeerReach> _peers = [];

    /// <param name="metrics">Where they are shown.</param>
    /// <param name="clustered">Null for a node that is alone, which has nothing of this to lose.</param>
    public ClusterMetrics(IMetricFactory metrics, ClusteredSources? clustered)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var nodes = metrics.CreateGauge("conference_cluster_nodes", "Nodes of the cluster, this one among them, by what this one knows of them.", ["state"]);
        _nodes = ((string[])["joining", "up", "leaving", "down", "unreachable"]).ToFrozenDictionary(s => s, s => nodes.WithLabels(s));
        _oldest = metrics.CreateGauge("conference_cluster_oldest", "1 on the node that has been up for longest: the cluster's singletons run there.");
        _reachable = metrics.CreateGauge("conference_cluster_reachable", "1 where this node, and all others, can reach that one.", ["peer"]);
        _roundTrip = metrics.CreateGauge("conference_cluster_round_trip_seconds", "Of the last question to an actor of that node, queues included.", ["peer"]);
        _downed = metrics.CreateCounter("conference_cluster_downed_total", "Nodes that were put out of the cluster, as this one saw it.");
        _provenDeaths = metrics.CreateCounter("conference_cluster_proven_deaths_total", "Nodes that this one found dead: no port, no session at the database.");
        _selfDowned = metrics.CreateCounter("conference_cluster_self_downed_total", "1 for the last seconds of a node that was put out: it ends with exit code 3.");
        _associations = metrics.CreateCounter("conference_remoting_associations_total", "What became of connections between nodes.", ["event"])
            .FromZero("associated", "disassociated", "failed", "quarantined");
        _refused = metrics.CreateCounter("conference_remoting_refused_total", "Connections to the port for other nodes that came from no node of the cluster.");
        if (clustered is null)
            return;
        _clustered = clustered;
        _mayAct = metrics.CreateGauge("conference_cluster_may_act", "1 while this node has heard from a majority of late: its users and rooms answer.");
        _database = metrics.CreateGauge("conference_cluster_database_connected", "1 while this node holds its session at the cluster's database, by which others know that it lives.");
        _expiry = metrics.CreateGauge(
            "conference_cluster_certificate_expiry_timestamp_seconds", "When the certificate shown to other nodes expires, in seconds since 1970.");
    }

    /// <summary>The other nodes, as they were looked at last.</summary>
    public ImmutableArray<PeerReach> Peers
    {
        get
        {
            lock (_nodes)
                return _peers;
        }
    }

    /// <summary>Another node was found dead, and is put out.</summary>
    public void ProvenDeath() => _provenDeaths.Inc();

    /// <summary>Somebody who is no node was refused.</summary>
    public void Refused() => _refused.Inc();

    public void Refresh()
    {
        if (_clustered is not { } clustered)
            return;
        _mayAct!.Set(clustered.Guard.MayAct ? 1 : 0);
        _database!.Set(clustered.HasDatabase() ? 1 : 0);
        _expiry!.Set(clustered.NotAfter().ToUnixTimeSeconds());
    }

    /// <summary>This node was put out.</summary>
    internal void SelfDowned() => _selfDowned.IncTo(1);

    internal void Downed() => _downed.Inc();

    /// <param name="what">associated, disassociated, failed, quarantined</param>
    internal void Association(string what) => _associations[what].Inc();

    /// <summary>The members have changed, or one of them can be reached that could not be, or the other way round.</summary>
    internal void Look(ClusterEvent.CurrentClusterState state, UniqueAddress self)
    {
        var unreachable = state.Unreachable.Select(m => m.UniqueAddress).ToHashSet();
        var counts = state.Members.CountBy(m => unreachable.Contains(m.UniqueAddress) ? "unreachable" : StateOf(m.Status)).ToDictionary();
        foreach (var (name, gauge) in _nodes)
            gauge.Set(counts.GetValueOrDefault(name));
        var oldest = state.Members.Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving).Order(Member.AgeOrdering).FirstOrDefault();
        _oldest.Set(oldest?.UniqueAddress == self ? 1 : 0);
    }

    /// <summary>The other nodes, and how long their answers take.</summary>
    internal void Look(ImmutableArray<PeerReach> peers)
    {
        lock (_nodes)
        {
            foreach (string gone in _peers.Select(p => p.Name).Except(peers.Select(p => p.Name)))
            {
                _reachable.RemoveLabelled(gone);
                _roundTrip.RemoveLabelled(gone);
            }

            // A name may be there twice for a while: a node that was killed, and its next life.
            foreach (var named in peers.GroupBy(p => p.Name))
            {
                _reachable.WithLabels(named.Key).Set(named.Any(p => p.IsReachable) ? 1 : 0);
                if (named.Max(p => p.RoundTrip) is { } roundTrip)
                    _roundTrip.WithLabels(named.Key).Set(roundTrip.TotalSeconds);
            }

            _peers = peers;
        }
    }

    /// <summary>How the <c>state</c> label and the console call it.</summary>
    public static string StateOf(MemberStatus status) => status switch
    {
        MemberStatus.Up => "up",
        MemberStatus.Leaving or MemberStatus.Exiting => "leaving",
        MemberStatus.Down or MemberStatus.Removed => "down",
        _ => "joining",
    };
}

/// <summary>Another node, seen from this one.</summary>
/// <param name="Id">Which life of it.</param>
/// <param name="Name">Not unique.</param>
/// <param name="IsReachable">This node, and all others, can reach it.</param>
/// <param name="RoundTrip">Of the last question it answered, queues included; null before the first.</param>
public sealed record PeerReach(NodeId Id, string Name, bool IsReachable, TimeSpan? RoundTrip);

/// <summary>What a node that others can cut off has to lose.</summary>
/// <param name="Guard">Whether it may act.</param>
/// <param name="HasDatabase">It holds its session at the cluster's database.</param>
/// <param name="NotAfter">When the certificate it shows to others expires.</param>
public sealed record ClusteredSources(IActingGuard Guard, Func<bool> HasDatabase, Func<DateTimeOffset> NotAfter);
