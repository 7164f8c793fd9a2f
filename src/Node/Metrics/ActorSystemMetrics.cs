using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What the actor system says of itself. Messages are counted and never shown: they hold names and what people say.</summary>
public sealed class ActorSystemMetrics(IMetricFactory metrics)
{
    private readonly FrozenDictionary<string, Counter.Child> _deadLetters = metrics
        .CreateCounter("conference_dead_letters_total", "Messages nobody received, by reason.", ["reason"])
        .FromZero("no_receiver", "dropped", "suppressed");

    private readonly Counter _unhandled = metrics.CreateCounter("conference_unhandled_messages_total", "Messages no behaviour took.");
    private readonly Counter _failures = metrics.CreateCounter("conference_actor_failures_total", "Actors that failed by a mistake of ours and were stopped or started again.");

    /// <param name="reason">no_receiver, dropped, suppressed</param>
    internal void DeadLetter(string reason) => _deadLetters[reason].Inc();

    internal void Unhandled() => _unhandled.Inc();

    internal void Failed() => _failures.Inc();
}
