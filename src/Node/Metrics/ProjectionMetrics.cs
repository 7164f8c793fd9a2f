using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>How far projections are. Each runs on one node of the cluster, and only that one shows its position and lag.</summary>
public sealed class ProjectionMetrics
{
    private readonly Gauge _position;
    private readonly Gauge _lag;
    private readonly Counter _skipped;
    private readonly Counter _failures;

    /// <param name="metrics">Where they are counted.</param>
    /// <param name="names">All there are.</param>
    public ProjectionMetrics(IMetricFactory metrics, params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var onlyWhereItRuns = new GaugeConfiguration { SuppressInitialValue = true };
        _position = metrics.CreateGauge(
            "conference_projection_position", "Number of the last event of the journal that is in the read models.", ["projection"], onlyWhereItRuns);
        _lag = metrics.CreateGauge(
            "conference_projection_lag_seconds", "How old the event was that came into the read models last; 0 when there is none left.", ["projection"], onlyWhereItRuns);
        _skipped = metrics.CreateCounter(
            "conference_projection_skipped_total", "Events that could not be read, and are not in the read models.", ["projection"]);
        _failures = metrics.CreateCounter(
            "conference_projection_failures_total", "Times that the read models could not be written or the journal not be read; it is tried again.", ["projection"]);
        foreach (string name in names)
            Of(name);
    }

    /// <param name="projection">Its name, one of a few.</param>
    public ProjectionMeter Of(string projection) => new(
        _position.WithLabels(projection), _lag.WithLabels(projection), _skipped.WithLabels(projection), _failures.WithLabels(projection));
}

/// <summary>One projection's.</summary>
public sealed class ProjectionMeter
{
    private readonly Gauge.Child _position;
    private readonly Gauge.Child _lag;
    private readonly Counter.Child _skipped;
    private readonly Counter.Child _failures;

    internal ProjectionMeter(Gauge.Child position, Gauge.Child lag, Counter.Child skipped, Counter.Child failures) =>
        (_position, _lag, _skipped, _failures) = (position, lag, skipped, failures);

    /// <summary>Events up to this one are in the read models.</summary>
    /// <param name="position">Its number.</param>
    /// <param name="lag">Since it was stored; zero when there is none left.</param>
    public void Passed(long position, TimeSpan lag)
    {
        _position.Set(position);
        _lag.Set(Math.Max(0, lag.TotalSeconds));
    }

    /// <summary>An event could not be read.</summary>
    public void Skipped() => _skipped.Inc();

    public void Failed() => _failures.Inc();

    /// <summary>It runs here no longer.</summary>
    public void Stopped()
    {
        _position.Unpublish();
        _lag.Unpublish();
    }
}
