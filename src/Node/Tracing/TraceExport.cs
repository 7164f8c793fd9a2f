using System.Diagnostics;
using Conference.Actors.Tracing;
using Conference.Node.Metrics;
using Conference.Node.Settings;
using OpenTelemetry.Exporter;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Conference.Node.Tracing;

/// <summary>
/// Sends the node's spans to a collector, in batches and from a thread of its own. What it cannot take, or not fast enough, is dropped. Of HTTP there is a
/// span for every call that is to change something, with verbs, routes and codes in it: no name, no address, no header. Of strangers there is none.
/// </summary>
public static class TraceExport
{
    /// <summary>A collector that is away must not hold up a stop for longer.</summary>
    private const int TimeoutMilliseconds = 3_000;

    /// <summary>What ASP.NET says of a request beside verb, route and code: paths and hosts name people.</summary>
    private static readonly string[] _personal =
        ["url.path", "url.query", "url.scheme", "server.address", "server.port", "user_agent.original", "client.address", "network.protocol.version"];

    /// <param name="services">Where it is put.</param>
    /// <param name="settings">Where traces go, and the part of those that begin here that is recorded. One that began elsewhere is as it was decided there.</param>
    /// <param name="nodeName">As whose.</param>
    public static IServiceCollection AddTraceExport(this IServiceCollection services, OtlpSettings settings, string nodeName)
    {
        services.AddOpenTelemetry().WithTracing(tracing => tracing
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("conference", serviceVersion: RuntimeMetrics.Version, serviceInstanceId: nodeName))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceRatio)))
            .AddSource(NodeTracing.SourceName, ActorTracing.SourceName)
            .AddAspNetCoreInstrumentation(Describe)
            .AddOtlpExporter(options => Direct(options, settings)));
        return services;
    }

    private static void Describe(AspNetCoreTraceInstrumentationOptions requests)
    {
        requests.Filter = context => !HttpMethods.IsGet(context.Request.Method);
        requests.EnrichWithHttpResponse = (span, response) =>
        {
            foreach (string tag in _personal)
                span.SetTag(tag, null);
            bool isCall = response.HttpContext.GetEndpoint() is RouteEndpoint && response.StatusCode != StatusCodes.Status401Unauthorized;
            if (!isCall)
                span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        };
    }

    private static void Direct(OtlpExporterOptions options, OtlpSettings settings)
    {
        // What OTLP over HTTP appends to the endpoint for this signal.
        options.Endpoint = settings.IsHttp ? new Uri(settings.Endpoint.AbsoluteUri.TrimEnd('/') + "/v1/traces") : settings.Endpoint;
        options.Protocol = settings.IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.TimeoutMilliseconds = TimeoutMilliseconds;
    }
}
