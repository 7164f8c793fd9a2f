using System.Diagnostics.Metrics;
using Conference.Node.Auth;

namespace Conference.Node.Telemetry;

/// <summary>What sign-in keeps waiting or remembers. What came of it is <c>conference_signins_total</c>.</summary>
public sealed class SignInMetrics
{
    public SignInMetrics(Meter meter, PasswordWorkers workers, SignInThrottle throttle)
    {
        meter.CreateObservableGauge(
            "conference_password_checks_waiting", () => workers.Waiting, description: "Passwords that wait for a core: 16 per core at most, beyond which sign-ins are busy.");
        meter.CreateObservableGauge(
            "conference_signin_failures_remembered", () => throttle.Remembered, description: "Addresses and accounts with failed sign-ins in the last hour: 65,536 of each at most.");
    }
}
