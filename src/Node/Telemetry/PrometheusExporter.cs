using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>
/// Aggregated metrics to Prometheus' text exposition format 0.0.4. Counters get their <c>_total</c> here. Collect, then take
/// <see cref="Text"/> or <see cref="Values"/>; one collection at a time.
/// </summary>
public sealed class PrometheusExporter : BaseExporter<Metric>
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    public string Text { get; private set; } = "";

    /// <summary>The same collection, for this process itself.</summary>
    public MetricValues Values { get; private set; } = new();

    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text.Clear();
        var values = new MetricValues();
        foreach (var metric in batch)
        {
            Append(metric);
            values.Add(metric);
        }

        (Text, Values) = (_text.ToString(), values);
        return ExportResult.Success;
    }

    private void Append(Metric metric)
    {
        bool isCounter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
        string name = isCounter ? metric.Name + "_total" : metric.Name;
        string type = isCounter ? "counter" : metric.MetricType == MetricType.Histogram ? "histogram" : "gauge";
        _text.Append("# HELP ").Append(name).Append(' ').Append(metric.Description).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            string labels = Labels(point);
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Line(name, labels, Number(point.GetSumLong()));
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Line(name, labels, Number(point.GetSumDouble()));
                    break;
                case MetricType.LongGauge:
                    Line(name, labels, Number(point.GetGaugeLastValueLong()));
                    break;
                case MetricType.DoubleGauge:
                    Line(name, labels, Number(point.GetGaugeLastValueDouble()));
                    break;
                case MetricType.Histogram:
                    AppendHistogram(name, labels, point);
                    break;
            }
        }
    }

    /// <summary>A histogram that never was an instrument.</summary>
    public static void Append(StringBuilder output, string name, string description, AggregatedHistogram histogram)
    {
        output.Append("# HELP ").Append(name).Append(' ').Append(description).Append('\n');
        output.Append("# TYPE ").Append(name).Append(" histogram\n");
        long all = 0;
        foreach (var (bound, count) in histogram.Cumulative())
        {
            output.Append(name).Append("_bucket{le=\"").Append(bound).Append("\"} ").Append(Number(count)).Append('\n');
            all = count;
        }

        output.Append(name).Append("_sum ").Append(Number(histogram.Sum)).Append('\n');
        output.Append(name).Append("_count ").Append(Number(all)).Append('\n');
    }

    private void AppendHistogram(string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            string bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
            Line(name + "_bucket", (labels.Length > 0 ? labels + "," : "") + $"le=\"{bound}\"", Number(cumulative));
        }

        Line(name + "_sum", labels, Number(point.GetHistogramSum()));
        Line(name + "_count", labels, Number(point.GetHistogramCount()));
    }

    private void Line(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(value).Append('\n');
    }

    private static string Labels(in MetricPoint point)
    {
        var labels = new StringBuilder();
        foreach (var tag in point.Tags)
        {
            if (labels.Length > 0)
                labels.Append(',');
            labels.Append(tag.Key).Append("=\"").Append(Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }

        return labels.ToString();
    }

    private static string Escape(string value) => value.Replace("\\", @"\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
