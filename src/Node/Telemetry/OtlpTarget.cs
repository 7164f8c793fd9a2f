using Conference.Node.Settings;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;

namespace Conference.Node.Telemetry;

/// <summary>Where telemetry goes by OTLP, and as whose.</summary>
public sealed class OtlpTarget(OtlpSettings settings, string nodeName)
{
    /// <summary>Between two exports of metrics: what Prometheus is mostly set to.</summary>
    public const int IntervalMilliseconds = 15_000;

    /// <summary>A collector that is away must not hold up a stop for longer.</summary>
    private const int TimeoutMilliseconds = 3_000;

    public ResourceBuilder Resource { get; } = ResourceBuilder.CreateEmpty()
        .AddService("conference", serviceVersion: RuntimeMetrics.Version, serviceInstanceId: nodeName);

    /// <param name="path">What OTLP over HTTP appends to the endpoint for this signal: <c>v1/metrics</c>, <c>v1/traces</c>.</param>
    public OtlpExporterOptions Options(string path) => new()
    {
        Endpoint = settings.IsHttp ? new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path) : settings.Endpoint,
        Protocol = settings.IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
        TimeoutMilliseconds = TimeoutMilliseconds,
    };
}
