using System.Diagnostics.Metrics;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Node.Telemetry;

/// <summary>What the actors of this node have to do with those of others.</summary>
public sealed class RemotingMetrics
{
    public RemotingMetrics(Meter meter, ActorSystem system, RemoteActors remote)
    {
        var sharding = ClusterSharding.Get(system);
        meter.CreateObservableGauge("conference_sharding_waiting", () => sharding.Statistics.Waiting, description: "Messages kept while their shard has no owner.");
        meter.CreateObservableGauge("conference_sharding_waiting_limit", () => sharding.Statistics.WaitingLimit, description: "How many may be.");
        meter.CreateObservableCounter("conference_sharding_nacks", () => sharding.Statistics.Nacks, description: "Answers of other nodes: wrong owner.");
        meter.CreateObservableCounter("conference_sharding_retries", () => sharding.Statistics.Retries, description: "Questions sent to another node again.");
        meter.CreateObservableGauge("conference_remoting_exports", () => remote.Statistics.Exports, description: "Actors and open questions other nodes may speak to.");
        meter.CreateObservableGauge("conference_remoting_watches", () => remote.Statistics.Watches, description: "Actors of other nodes watched from here.");
        meter.CreateObservableCounter("conference_remoting_dropped", () => Dropped(remote.Statistics), description: "Messages from other nodes that could not be read, by reason.");
    }

    private static IEnumerable<Measurement<long>> Dropped(RemotingStatistics statistics) =>
    [
        new(statistics.Malformed, new KeyValuePair<string, object?>("reason", "malformed")),
        new(statistics.Unknown, new KeyValuePair<string, object?>("reason", "unknown")),
        new(statistics.Stale, new KeyValuePair<string, object?>("reason", "stale")),
    ];
}
