using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What sign-in keeps waiting or remembers. What came of it is <c>conference_signins_total</c>.</summary>
/// <param name="metrics">Where they are shown.</param>
/// <param name="waiting">Passwords that wait for a core.</param>
/// <param name="remembered">Addresses and accounts with failures.</param>
public sealed class SignInMetrics(IMetricFactory metrics, Func<int> waiting, Func<int> remembered) : IMetricsSource
{
    private readonly Gauge _waiting = metrics.CreateGauge(
        "conference_password_checks_waiting", "Passwords that wait for a core: 16 per core at most, beyond which sign-ins are busy.");
    private readonly Gauge _remembered = metrics.CreateGauge(
        "conference_signin_failures_remembered", "Addresses and accounts with failed sign-ins in the last hour: 65,536 of each at most.");

    public void Refresh()
    {
        _waiting.Set(waiting());
        _remembered.Set(remembered());
    }
}
