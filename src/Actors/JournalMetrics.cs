using System.Collections.Frozen;
using System.Diagnostics;
using Prometheus;

namespace Conference.Actors;

/// <summary>How the journal is doing, as the users and rooms notice that write to it.</summary>
internal sealed class JournalMetrics
{
    private readonly Histogram.Child _append;
    private readonly Counter.Child _events;
    private readonly Gauge.Child _breaker;
    private readonly FrozenDictionary<string, Counter.Child> _failures;

    /// <summary>What the gauge says, so that it is written when that changes only.</summary>
    private volatile bool _isOpen;

    internal JournalMetrics(IMetricFactory metrics, string store)
    {
        _append = metrics.CreateHistogram(
            "conference_journal_append_seconds", "Time from asking for a write to its being durable.", ["store"],
            new()
            {
                Buckets = [250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5],
                ExemplarBehavior = Exemplars.OfCurrentSpan,
            }).WithLabels(store);
        _events = metrics.CreateCounter("conference_journal_events_total", "Events stored.", ["store"]).WithLabels(store);
        _breaker = metrics.CreateGauge(
            "conference_journal_breaker_open", "1 from the first write that was refused without asking the store (its circuit breaker is open, or it is known to be away) to the next that was stored.", ["store"]).WithLabels(store);
        var failures = metrics.CreateCounter("conference_journal_failures_total", "Writes and reads that failed, by reason.", ["store", "reason"]);
        _failures = StoreFailure.Reasons.ToFrozenDictionary(r => r, r => failures.WithLabels(store, r));
    }

    internal void Stored(int events, TimeSpan after, Activity? span)
    {
        if (span is null)
            _append.Observe(after.TotalSeconds);
        else
            _append.Observe(after.TotalSeconds, Exemplars.Of(span));
        _events.Inc(events);
        Breaker(isOpen: false);
    }

    internal void Failed(string reason)
    {
        _failures[reason].Inc();
        if (reason == StoreFailure.BreakerOpen)
            Breaker(isOpen: true);
    }

    private void Breaker(bool isOpen)
    {
        if (_isOpen == isOpen)
            return;
        _isOpen = isOpen;
        _breaker.Set(isOpen ? 1 : 0);
    }
}
