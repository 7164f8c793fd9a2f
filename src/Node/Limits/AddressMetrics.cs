using Conference.Actors.Sessions.Limits;
using Conference.Node.Metrics;
using Prometheus;

namespace Conference.Node.Limits;

/// <summary>How many addresses are held to limits.</summary>
/// <param name="metrics">Where it is shown.</param>
/// <param name="limits">Knows.</param>
public sealed class AddressMetrics(IMetricFactory metrics, AddressLimits limits) : IMetricsSource
{
    private readonly Gauge _addresses = metrics.CreateGauge("conference_client_addresses", "Addresses that have sessions, or have had some of late.");

    public void Refresh() => _addresses.Set(limits.Remembered);
}
