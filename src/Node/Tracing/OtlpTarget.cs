using Conference.Node.Metrics;
using Conference.Node.Settings;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;

namespace Conference.Node.Tracing;

/// <summary>Where traces go by OTLP, and as whose.</summary>
public sealed class OtlpTarget(OtlpSettings settings, string nodeName)
{
    /// <summary>A collector that is away must not hold up a stop for longer.</summary>
    private const int TimeoutMilliseconds = 3_000;

    public ResourceBuilder Resource { get; } = ResourceBuilder.CreateEmpty()
        .AddService("conference", serviceVersion: RuntimeMetrics.Version, serviceInstanceId: nodeName);

    /// <param name="path">What OTLP over HTTP appends to the endpoint for this signal: <c>v1/traces</c>.</param>
    public OtlpExporterOptions Options(string path) => new()
    {
        Endpoint = settings.IsHttp ? new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/" + path) : settings.Endpoint,
        Protocol = settings.IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc,
        TimeoutMilliseconds = TimeoutMilliseconds,
    };
}
