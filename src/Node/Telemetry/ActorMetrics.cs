using System.Diagnostics.Metrics;
using Conference.Actors.Runtime;

namespace Conference.Node.Telemetry;

/// <summary>The actor system's own counters.</summary>
public sealed class ActorMetrics
{
    public ActorMetrics(Meter meter, ActorSystem system)
    {
        meter.CreateObservableGauge("conference_actors", () => ByType(system), description: "Live actors, by type.");
        meter.CreateObservableCounter("conference_actor_restarts", () => system.Statistics.Restarts, description: "Actors restarted after a failure.");
        meter.CreateObservableCounter("conference_dead_letters", () => ByReason(system), description: "Messages nobody received, by reason.");
        meter.CreateObservableGauge("conference_mailbox_queued", () => system.MeasureMailboxes().Queued, description: "Messages that wait in all mailboxes.");
    }

    private static IEnumerable<Measurement<int>> ByType(ActorSystem system) =>
        system.Statistics.ActorsByType.Select(t => new Measurement<int>(t.Value, new KeyValuePair<string, object?>("type", t.Key)));

    private static IEnumerable<Measurement<long>> ByReason(ActorSystem system) =>
        system.Statistics.DeadLettersByReason.Select(r => new Measurement<long>(r.Value, new KeyValuePair<string, object?>("reason", r.Key.ToString())));
}
