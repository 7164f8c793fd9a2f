using System.Net;
using Conference.Node.Settings;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Conference.Node.Tests.Tracing;

[Collection(nameof(TracedHere))]
public sealed class TraceExportTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData(true, "/v1/traces")]
    [InlineData(false, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")]
    public async Task A_collector_is_sent_spans_in_either_way_and_who_sends_them(bool isHttp, string expected)
    {
        await using var collector = await Collector.StartAsync(isHttp ? HttpProtocols.Http1 : HttpProtocols.Http2);

        await using (Export(new OtlpSettings(collector.Address, isHttp)))
            NodeTracing.EndCommand(NodeTracing.StartCommand(Verb.Helo)!, 201);

        var (path, sent) = await collector.ReceiveAsync();
        Assert.Equal(expected, path);
        Assert.Contains("HELO", sent, StringComparison.Ordinal);
        Assert.Contains("node-7", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ratio_of_nothing_records_no_command()
    {
        await using var export = Export(new OtlpSettings(new Uri("http://127.0.0.1:9"), IsHttp: true, TraceRatio: 0));
        Assert.Null(NodeTracing.StartCommand(Verb.Helo));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_request_that_changes_something_goes_on_with_its_callers_trace_and_names_nobody(double ratio)
    {
        await using var collector = await Collector.StartAsync(HttpProtocols.Http1);
        await using (var app = await ServeAsync(new OtlpSettings(collector.Address, IsHttp: true, ratio)))
        {
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            http.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01");
            http.DefaultRequestHeaders.UserAgent.ParseAdd("some-browser/1.0");
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("rooms/read-only", UriKind.Relative))).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.PutAsync(new Uri("strangers/only", UriKind.Relative), null)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.PutAsync(new Uri("no/such/thing", UriKind.Relative), null)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await http.PutAsync(new Uri("rooms/standup?secret=1", UriKind.Relative), null)).StatusCode);
        }

        string sent = (await collector.ReceiveAsync()).Body;
        Assert.Contains("PUT /rooms/{room}", sent, StringComparison.Ordinal);
        Assert.Contains(string.Concat(Convert.FromHexString(TraceId).Select(b => (char)b)), sent, StringComparison.Ordinal);
        foreach (string not in (string[])["standup", "read-only", "strangers", "such", "secret", "127.0.0.1", "some-browser", "GET"])
            Assert.DoesNotContain(not, sent, StringComparison.Ordinal);
    }

    private static ServiceProvider Export(OtlpSettings settings)
    {
        var services = new ServiceCollection().AddTraceExport(settings, "node-7").BuildServiceProvider();
        _ = services.GetRequiredService<TracerProvider>();
        return services;
    }

    private static async Task<WebApplication> ServeAsync(OtlpSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddTraceExport(settings, "node-7");
        var app = builder.Build();
        app.MapGet("/rooms/{room}", () => "");
        app.MapPut("/rooms/{room}", () => "");
        app.MapPut("/strangers/only", () => Results.Unauthorized());
        await app.StartAsync();
        return app;
    }
}
