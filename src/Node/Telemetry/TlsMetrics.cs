using System.Diagnostics.Metrics;
using Conference.Node.Files;
using Conference.Node.Listening.Tls;

namespace Conference.Node.Telemetry;

/// <summary>TLS: handshakes, and how long the certificate still lasts.</summary>
public sealed class TlsMetrics
{
    private readonly Counter<long> _handshakes;

    public TlsMetrics(Meter meter, Reloading<ServerCertificate>? certificate)
    {
        _handshakes = meter.CreateCounter<long>("conference_tls_handshakes", description: "TLS handshakes, by what came of them.")
            .FromZero("outcome", ["ok", "failed", "timeout"]);
        if (certificate is not null)
            meter.CreateObservableGauge(
                "conference_tls_certificate_expiry_timestamp_seconds",
                () => new DateTimeOffset(certificate.Current.NotAfter).ToUnixTimeSeconds(),
                description: "When the certificate shown to clients expires, in seconds since 1970.");
    }

    public void Handshake(string outcome) => _handshakes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
