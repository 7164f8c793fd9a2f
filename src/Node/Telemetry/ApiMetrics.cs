using System.Diagnostics.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>Who is turned away at the operations API's door.</summary>
public sealed class ApiMetrics(Meter meter)
{
    private readonly Counter<long> _refused = meter.CreateCounter<long>("conference_http_refused", description: "API calls turned away, by reason.")
        .FromZero("reason", ["no_token", "wrong_token", "too_many", "cross_site"]);

    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
