using System.Diagnostics.Metrics;
using System.Text;
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
    private readonly List<Action<StringBuilder>> _aggregated = [];

    public MetricsRegistry()
    {
        _reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(Meter.Name).AddReader(_reader).Build();
    }

    /// <summary>One per process and node, so that two nodes in one test do not count together.</summary>
    public Meter Meter { get; } = new($"Conference.{Guid.NewGuid():N}");

    /// <summary>For a family that is aggregated where it is measured, because the hot path there cannot call an instrument.</summary>
    public void AddAggregated(Action<StringBuilder> append)
    {
        lock (_gate)
            _aggregated.Add(append);
    }

    public string Scrape()
    {
        lock (_gate)
        {
            _reader.Collect();
            var text = new StringBuilder(_exporter.Text);
            foreach (var append in _aggregated)
                append(text);
            return text.ToString();
        }
    }

    /// <summary>Counters and gauges as they are now.</summary>
    public MetricValues Read()
    {
        lock (_gate)
        {
            _reader.Collect();
            return _exporter.Values;
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        Meter.Dispose();
    }
}
