using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What <c>/health/ready</c> says.</summary>
/// <param name="metrics">Where it is shown.</param>
/// <param name="isReady">Whether it says yes.</param>
public sealed class ReadinessMetrics(IMetricFactory metrics, Func<bool> isReady) : IMetricsSource
{
    private readonly Gauge _ready = metrics.CreateGauge("conference_ready", "1 while /health/ready says so: clients are welcome.");

    public void Refresh() => _ready.Set(isReady() ? 1 : 0);
}
