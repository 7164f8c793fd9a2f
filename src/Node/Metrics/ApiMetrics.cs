using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>Who is turned away at the operations API's door.</summary>
public sealed class ApiMetrics(IMetricFactory metrics)
{
    private readonly FrozenDictionary<string, Counter.Child> _refused = metrics
        .CreateCounter("conference_http_refused_total", "API calls turned away, by reason.", ["reason"])
        .FromZero("no_token", "wrong_token", "too_many", "cross_site");

    /// <param name="reason">no_token, wrong_token, too_many, cross_site</param>
    public void Refused(string reason) => _refused[reason].Inc();
}
