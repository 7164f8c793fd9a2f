using System.Globalization;
using OpenTelemetry.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>
/// Counters and gauges of one collection, to be read by name. Names are instruments' own: without the exporter's <c>_total</c>. What is
/// not there reads as 0: a node that is no part of a cluster has no link.
/// </summary>
public sealed class MetricValues
{
    private readonly Dictionary<string, List<Point>> _points = [];

    /// <summary>All points of a metric together.</summary>
    public double Sum(string name) => _points.TryGetValue(name, out var points) ? points.Sum(p => p.Value) : 0;

    /// <summary>The points that carry these labels, whatever else they carry.</summary>
    public double Sum(string name, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        double sum = 0;
        foreach (var point in _points.GetValueOrDefault(name) ?? [])
        {
            bool carries = true;
            foreach (var (key, value) in labels)
                carries &= point.Labels.GetValueOrDefault(key) == value;
            if (carries)
                sum += point.Value;
        }

        return sum;
    }

    /// <summary>A metric by one of its labels.</summary>
    public IEnumerable<(string Value, double Sum)> By(string name, string label) =>
        (_points.GetValueOrDefault(name) ?? []).GroupBy(p => p.Labels.GetValueOrDefault(label) ?? "").Select(g => (g.Key, g.Sum(p => p.Value)));

    internal void Add(Metric metric)
    {
        if (metric.MetricType == MetricType.Histogram)
            return;
        var points = new List<Point>();
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = new Dictionary<string, string>();
            foreach (var tag in point.Tags)
                labels[tag.Key] = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            points.Add(new Point(labels, ValueOf(metric.MetricType, point)));
        }

        _points[metric.Name] = points;
    }

    private static double ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    private sealed record Point(Dictionary<string, string> Labels, double Value);
}
