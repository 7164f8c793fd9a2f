using System.Collections.Concurrent;
using System.Net;
using Conference.Cluster.Tests.Tracing.Protos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Conference.Cluster.Tests.Tracing;

/// <summary>An OpenTelemetry collector as far as nodes can tell: takes spans by protobuf over HTTP, and keeps them.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<CollectedSpan> _spans = [];

    private Collector(WebApplication app)
    {
        _app = app;
        app.MapPost("/v1/traces", TakeAsync);
        app.MapFallback(() => Results.Ok());
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>All so far, a list for each trace.</summary>
    public ILookup<string, CollectedSpan> Traces => _spans.ToLookup(s => s.TraceId);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var collector = new Collector(builder.Build());
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        foreach (var resource in ExportTraceServiceRequest.Parser.ParseFrom(body.ToArray()).ResourceSpans)
        {
            string node = resource.Resource.Attributes.Single(a => a.Key == "service.instance.id").Value.StringValue;
            foreach (var span in resource.ScopeSpans.SelectMany(s => s.Spans))
                _spans.Enqueue(new CollectedSpan(node, span));
        }
    }
}

/// <summary>A span as it was sent; ids in hexadecimal.</summary>
internal sealed record CollectedSpan(string Node, Span Sent)
{
    public string TraceId => Convert.ToHexStringLower(Sent.TraceId.Span);

    public string SpanId => Convert.ToHexStringLower(Sent.SpanId.Span);

    /// <summary>Empty for a root.</summary>
    public string ParentSpanId => Convert.ToHexStringLower(Sent.ParentSpanId.Span);

    public string Name => Sent.Name;
}
