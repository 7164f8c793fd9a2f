using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>TLS: handshakes, and how long the certificate still lasts.</summary>
public sealed class TlsMetrics : IMetricsSource
{
    private readonly FrozenDictionary<string, Counter.Child> _handshakes;
    private readonly Gauge? _expiry;
    private readonly Func<DateTimeOffset>? _notAfter;

    /// <param name="metrics">Where they are counted.</param>
    /// <param name="notAfter">When the certificate shown to clients expires; null without TLS.</param>
    public TlsMetrics(IMetricFactory metrics, Func<DateTimeOffset>? notAfter)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _handshakes = metrics.CreateCounter("conference_tls_handshakes_total", "TLS handshakes, by what came of them.", ["outcome"])
            .FromZero("ok", "failed", "timeout");
        _notAfter = notAfter;
        if (notAfter is not null)
            _expiry = metrics.CreateGauge(
                "conference_tls_certificate_expiry_timestamp_seconds", "When the certificate shown to clients expires, in seconds since 1970.",
                new GaugeConfiguration { SuppressInitialValue = true });
    }

    /// <param name="outcome">ok, failed, timeout</param>
    public void Handshake(string outcome) => _handshakes[outcome].Inc();

    public void Refresh() => _expiry?.Set(_notAfter!().ToUnixTimeSeconds());
}
