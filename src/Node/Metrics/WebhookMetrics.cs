using System.Collections.Frozen;
using Conference.Actors.Calls;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What becomes of what webhooks are told. Only the node that delivers shows the queue.</summary>
public sealed class WebhookMetrics
{
    private readonly FrozenDictionary<string, Counter.Child> _deliveries;
    private readonly Gauge _waiting;
    private readonly Gauge _oldest;
    private readonly Gauge _dead;

    public WebhookMetrics(IMetricFactory metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _deliveries = metrics
            .CreateCounter(
                "conference_webhook_deliveries_total",
                "Events sent to webhooks: delivered, failed (it is tried again) or dead (it was tried for long enough).", ["result"])
            .FromZero("delivered", "failed", "dead");
        var onlyWhereItRuns = new GaugeConfiguration { SuppressInitialValue = true };
        _waiting = metrics.CreateGauge("conference_webhook_queue_deliveries", "Deliveries that wait, those that are tried again included.", onlyWhereItRuns);
        _oldest = metrics.CreateGauge("conference_webhook_oldest_seconds", "How long the first of them has waited; 0 where none waits.", onlyWhereItRuns);
        _dead = metrics.CreateGauge("conference_webhook_dead_deliveries", "Deliveries that were given up and are kept.", onlyWhereItRuns);
    }

    public void Delivered() => _deliveries["delivered"].Inc();

    public void Failed() => _deliveries["failed"].Inc();

    public void GivenUp() => _deliveries["dead"].Inc();

    /// <param name="queue">How many wait; since when, in microseconds since 1970; how many were given up.</param>
    /// <param name="now">The time.</param>
    public void Queue((long Waiting, long Since, long Dead) queue, DateTimeOffset now)
    {
        _waiting.Set(queue.Waiting);
        _oldest.Set(queue.Waiting == 0 ? 0 : Math.Max(0, (now - CallCursor.Time(queue.Since)).TotalSeconds));
        _dead.Set(queue.Dead);
    }

    /// <summary>It runs here no longer.</summary>
    public void Stopped()
    {
        _waiting.Unpublish();
        _oldest.Unpublish();
        _dead.Unpublish();
    }
}
