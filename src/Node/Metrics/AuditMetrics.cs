using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What becomes of the audit log's entries.</summary>
public sealed class AuditMetrics(IMetricFactory metrics)
{
    private readonly FrozenDictionary<string, Counter.Child> _entries = metrics
        .CreateCounter("conference_audit_entries_total", "Acts of operators, by what became of their entry.", ["outcome"])
        .FromZero("stored", "lost");

    private readonly Gauge _waiting = metrics.CreateGauge("conference_audit_entries_waiting", "Audit entries that wait for the store.");

    public void Waiting(int more) => _waiting.Inc(more);

    public void Stored()
    {
        _entries["stored"].Inc();
        _waiting.Dec();
    }

    /// <summary>It is in the log only.</summary>
    public void Lost() => _entries["lost"].Inc();
}
