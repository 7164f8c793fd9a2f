using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>The node's one registry: everything recorded on <see cref="Meter"/>, aggregated, as text on demand.</summary>
public sealed class MetricsRegistry : IDisposable
{
    private readonly PrometheusExporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly Lock _gate = new();

    public MetricsRegistry()
    {
        _reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(Meter.Name).AddReader(_reader).Build();
    }

    /// <summary>One per process and node, so that two nodes in one test do not count together.</summary>
    public Meter Meter { get; } = new($"Conference.{Guid.NewGuid():N}");

    public string Scrape()
    {
        lock (_gate)
        {
            _reader.Collect();
            return _exporter.Text;
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        Meter.Dispose();
    }
}
