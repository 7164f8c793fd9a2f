using System.Diagnostics.Metrics;

namespace Conference.Node.Persistence;

/// <summary>How the store is doing.</summary>
internal sealed class StoreMetrics
{
    private readonly Histogram<double> _append;
    private readonly Histogram<double> _batch;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _events;
    private readonly KeyValuePair<string, object?> _store;

    internal StoreMetrics(Meter meter, string store, Func<int> queueDepth, int queueLimit)
    {
        _store = new("store", store);
        _append = meter.CreateHistogram(
            "conference_journal_append_seconds", unit: null, description: "Time from asking for a write to its being durable.", tags: null,
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5],
            });
        _batch = meter.CreateHistogram(
            "conference_journal_batch_writes", unit: null, description: "Writes committed together.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _events = meter.CreateCounter<long>("conference_journal_events", description: "Events stored.");
        _failures = meter.CreateCounter<long>("conference_journal_failures", description: "Writes and reads that failed, by reason.");
        // Both from the start, so that the first one is an increase.
        _events.Add(0, _store);
        foreach (string reason in (string[])["conflict", "fence", "full", "unavailable", "corrupt"])
            _failures.Add(0, _store, new KeyValuePair<string, object?>("reason", reason));
        meter.CreateObservableGauge(
            "conference_journal_queue_depth", () => new Measurement<int>(queueDepth(), _store), description: "Writes waiting for the store.");
        meter.CreateObservableGauge(
            "conference_journal_queue_limit", () => new Measurement<int>(queueLimit, _store), description: "Writes that may wait; beyond, they are refused.");
    }

    internal void Committed(int writes) => _batch.Record(writes, _store);

    internal void Stored(int events, TimeSpan after)
    {
        _append.Record(after.TotalSeconds, _store);
        _events.Add(events, _store);
    }

    /// <param name="reason">conflict, fence, full, unavailable, corrupt</param>
    internal void Failed(string reason) => _failures.Add(1, _store, new KeyValuePair<string, object?>("reason", reason));
}
