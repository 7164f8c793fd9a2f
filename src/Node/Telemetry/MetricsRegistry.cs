using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>The node's one registry: everything recorded on <see cref="Meter"/>, aggregated, as text on demand and to a collector if there is one.</summary>
public sealed class MetricsRegistry : IDisposable
{
    private readonly PrometheusExporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private readonly Lock _gate = new();
    private readonly List<(string Name, string Description, Func<AggregatedHistogram> Read)> _histograms = [];

    /// <summary>What <see cref="_histograms"/> look like to a collector.</summary>
    private readonly Meter _sums;

    private MeterProvider? _collector;
    private int _collection;

    public MetricsRegistry()
    {
        Meter = new Meter($"Conference.{Guid.NewGuid():N}");
        _sums = new Meter(Meter.Name + ".Sums");
        _reader = new BaseExportingMetricReader(_exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(Meter.Name).AddReader(_reader).Build();
    }

    /// <summary>One per process and node, so that two nodes in one test do not count together.</summary>
    public Meter Meter { get; }

    /// <summary>
    /// For a family that is aggregated where it is measured, because the hot path there cannot call an instrument. To a collector, which
    /// takes none from outside, it goes as sums with the names and labels the text has.
    /// </summary>
    public void AddHistogram(string name, string description, Func<AggregatedHistogram> read)
    {
        lock (_gate)
            _histograms.Add((name, description, read));
        _sums.CreateObservableUpDownCounter(
            name + "_bucket",
            () => read().Cumulative().Select(b => new Measurement<long>(b.Count, new KeyValuePair<string, object?>("le", b.Bound))),
            description: description);
        _sums.CreateObservableUpDownCounter(name + "_sum", () => read().Sum, description: description);
        _sums.CreateObservableUpDownCounter(name + "_count", () => read().Counts.Sum(), description: description);
    }

    /// <summary>For what is dear to read and has many instruments: read by the first of them, and again for the next collection.</summary>
    public Func<T> OncePerCollection<T>(Func<T> read)
        where T : class
    {
        // Two collections at once may both read: no harm.
        var last = Tuple.Create<int, T?>(-1, null);
        return () =>
        {
            int now = Volatile.Read(ref _collection);
            var seen = Volatile.Read(ref last);
            if (seen.Item1 == now && seen.Item2 is { } value)
                return value;
            value = read();
            Volatile.Write(ref last, Tuple.Create<int, T?>(now, value));
            return value;
        };
    }

    /// <summary>Sends everything to a collector from now on, too. Once.</summary>
    public void ExportTo(OtlpTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _collector = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(target.Resource)
            .AddMeter(Meter.Name, _sums.Name)
            .AddReader(new CollectorReader(this, new OtlpMetricExporter(target.Options("v1/metrics"))))
            .Build();
    }

    public string Scrape()
    {
        lock (_gate)
        {
            BeginCollection();
            _reader.Collect();
            var text = new StringBuilder(_exporter.Text);
            foreach (var (name, description, read) in _histograms)
                PrometheusExporter.Append(text, name, description, read());
            return text.ToString();
        }
    }

    /// <summary>Counters and gauges as they are now.</summary>
    public MetricValues Read()
    {
        lock (_gate)
        {
            BeginCollection();
            _reader.Collect();
            return _exporter.Values;
        }
    }

    public void Dispose()
    {
        _collector?.Dispose();
        _provider.Dispose();
        _sums.Dispose();
        Meter.Dispose();
    }

    private void BeginCollection() => Interlocked.Increment(ref _collection);

    private sealed class CollectorReader(MetricsRegistry registry, OtlpMetricExporter exporter)
        : PeriodicExportingMetricReader(exporter, OtlpTarget.IntervalMilliseconds)
    {
        protected override bool OnCollect(int timeoutMilliseconds)
        {
            registry.BeginCollection();
            return base.OnCollect(timeoutMilliseconds);
        }
    }
}
