using Conference.Actors.Tracing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Conference.Node.Tracing;

/// <summary>Sends the node's spans to a collector, in batches and from a thread of its own. What it cannot take, or not fast enough, is dropped.</summary>
public sealed class TraceExport : IDisposable
{
    private readonly TracerProvider _provider;

    /// <param name="target">Where to.</param>
    /// <param name="ratio">The part of the traces that begin here that is recorded, 0 to 1. One that began elsewhere is as it was decided there.</param>
    public TraceExport(OtlpTarget target, double ratio)
    {
        ArgumentNullException.ThrowIfNull(target);
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(target.Resource)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
            .AddSource(NodeTracing.SourceName, ActorTracing.SourceName)
            .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(target.Options("v1/traces"))))
            .Build();
    }

    /// <summary>What is left is sent first, if that is possible within seconds.</summary>
    public void Dispose() => _provider.Dispose();
}
