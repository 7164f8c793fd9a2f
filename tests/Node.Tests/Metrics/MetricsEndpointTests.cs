using System.Net;
using System.Net.Http.Headers;
using Conference.Node.Limits;
using Conference.Node.Metrics;
using Conference.Node.Tests.Tracing;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Conference.Node.Tests.Metrics;

/// <summary><c>/metrics</c>, as Prometheus asks for it.</summary>
[Collection(nameof(TracedHere))]
public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private readonly WebApplication _app;
    private HttpClient _http = null!;

    public MetricsEndpointTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddNodeMetrics(new DescriptorBudget(Limit: 1024, Reserve: 512, Sessions: 100, Ports: 50, HttpConnections: 64));
        builder.Services.AddSingleton<IMetricsSource>(s => new ReadinessMetrics(s.GetRequiredService<IMetricFactory>(), () => true));
        _app = builder.Build();
        _app.MapNodeMetrics();
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_asks_for_nothing_in_particular_is_given_text()
    {
        var (type, text) = await GetAsync(accept: null);

        Assert.Equal("text/plain", type?.MediaType);
        Assert.Contains("# TYPE conference_commands_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("conference_sessions_limit 100\n", text, StringComparison.Ordinal);
        Assert.Contains("conference_ports_limit 50\n", text, StringComparison.Ordinal);
        Assert.Contains("conference_descriptors_limit 1024\n", text, StringComparison.Ordinal);
        Assert.Contains("conference_ready 1\n", text, StringComparison.Ordinal);
        Assert.Contains("conference_projection_skipped_total{projection=\"read-models\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("conference_projection_position{", text, StringComparison.Ordinal);
        // Neither prometheus-net's own nor those of the framework's meters.
        Assert.All(text.Split('\n').Where(l => l.StartsWith("# TYPE", StringComparison.Ordinal)), l => Assert.StartsWith("# TYPE conference_", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_accepts_open_metrics_is_shown_which_trace_took_so_long()
    {
        using var traced = new TracedHere();
        var span = NodeTracing.StartCommand(Verb.Conn)!;
        _app.Services.GetRequiredService<CommandMetrics>().Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(3), span);
        NodeTracing.EndCommand(span, 303);

        var (type, text) = await GetAsync("application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5");

        Assert.Equal("application/openmetrics-text", type?.MediaType);
        Assert.Contains($"# {{trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"}} 0.003", text, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_of_a_node_while_another_scrapes_is_answered_too()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GetAsync(accept: null)));
        Assert.All(answers, a => Assert.Contains("conference_process_cpu_seconds_total", a.Text, StringComparison.Ordinal));
    }

    private async Task<(MediaTypeHeaderValue? Type, string Text)> GetAsync(string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (response.Content.Headers.ContentType, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
