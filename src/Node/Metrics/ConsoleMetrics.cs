using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>Those who watch the event stream.</summary>
/// <param name="metrics">Where they are counted.</param>
/// <param name="viewers">How many there are.</param>
public sealed class ConsoleMetrics(IMetricFactory metrics, Func<int> viewers) : IMetricsSource
{
    private readonly Gauge _viewers = metrics.CreateGauge("conference_console_viewers", "Connections that watch the event stream.");
    private readonly Counter _skipped = metrics.CreateCounter("conference_console_frames_skipped_total", "Frames of the event stream that a viewer was too slow for.");
    private readonly FrozenDictionary<string, Counter.Child> _closed = metrics
        .CreateCounter("conference_console_viewers_closed_total", "Viewers turned away or cut off, by reason.", ["reason"])
        .FromZero("slow", "full");

    public void Skipped(long frames)
    {
        if (frames > 0)
            _skipped.Inc(frames);
    }

    /// <param name="reason">slow, full</param>
    public void Closed(string reason) => _closed[reason].Inc();

    public void Refresh() => _viewers.Set(viewers());
}
