using System.Diagnostics.Metrics;
using Conference.Actors.Runtime;

namespace Conference.Node.Telemetry;

/// <summary>The actor system's own counters. Types are those of actors: a dozen, and no names.</summary>
public sealed class ActorMetrics
{
    public ActorMetrics(MetricsRegistry registry, ActorSystem system)
    {
        var meter = registry.Meter;
        var mailboxes = registry.OncePerCollection(system.MeasureMailboxes);
        meter.CreateObservableGauge("conference_actors", () => ByType(system), description: "Live actors, by type.");
        meter.CreateObservableCounter("conference_actor_restarts", () => system.Statistics.Restarts, description: "Actors restarted after a failure.");
        meter.CreateObservableCounter("conference_dead_letters", () => ByReason(system), description: "Messages nobody received, by reason.");
        meter.CreateObservableCounter("conference_unhandled_messages", () => system.Statistics.Unhandled, description: "Messages no behaviour took.");
        meter.CreateObservableGauge("conference_mailbox_queued", () => ByType(mailboxes(), d => d.Queued), description: "Messages that wait in mailboxes, by type of actor.");
        meter.CreateObservableGauge("conference_mailbox_deepest", () => ByType(mailboxes(), d => d.Deepest), description: "The most that wait in one mailbox, by type of actor.");
        meter.CreateObservableGauge("conference_stash_queued", () => ByType(mailboxes(), d => d.Stashed), description: "Messages put aside for later, by type of actor.");
    }

    private static IEnumerable<Measurement<int>> ByType(ActorSystem system) =>
        system.Statistics.ActorsByType.Select(t => new Measurement<int>(t.Value, new KeyValuePair<string, object?>("type", t.Key)));

    private static IEnumerable<Measurement<long>> ByType(MailboxStatistics mailboxes, Func<MailboxDepth, long> value) =>
        mailboxes.ByType.Select(t => new Measurement<long>(value(t.Value), new KeyValuePair<string, object?>("type", t.Key)));

    private static IEnumerable<Measurement<long>> ByReason(ActorSystem system) =>
        system.Statistics.DeadLettersByReason.Select(r => new Measurement<long>(r.Value, new KeyValuePair<string, object?>("reason", r.Key.ToString())));
}
