using System.Diagnostics;
using Conference.Node.Metrics;
using Conference.Node.Tests.Support;
using Conference.Node.Tests.Tracing;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Prometheus;

namespace Conference.Node.Tests.Metrics;

/// <summary>Commands by verb and code, how long they took, and an example of each where somebody follows it.</summary>
[Collection(nameof(TracedHere))]
public sealed class CommandMetricsTests
{
    private readonly CollectorRegistry _registry = new();
    private readonly CommandMetrics _metrics;

    public CommandMetricsTests() => _metrics = new CommandMetrics(MetricsServices.CreateFactory(_registry));

    [Fact]
    public async Task Commands_are_counted_by_verb_and_code()
    {
        for (int i = 0; i < 3; i++)
            _metrics.Received();
        _metrics.Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(3));
        _metrics.Answered(Verb.Conn, 503, TimeSpan.FromMilliseconds(3));

        Assert.Equal(1, await _registry.ValueAsync("""conference_commands_total{verb="CONN",code="303"}"""));
        Assert.Equal(1, await _registry.ValueAsync("""conference_commands_total{verb="CONN",code="503"}"""));
        Assert.Equal(2, await _registry.ValueAsync("""conference_command_seconds_count{verb="CONN"}"""));
        Assert.Equal(1, await _registry.ValueAsync("conference_commands_in_flight"));
        // What nobody has asked yet is there, too.
        Assert.Equal(0, await _registry.ValueAsync("""conference_commands_total{verb="HELO",code="201"}"""));
        Assert.Equal(0, await _registry.ValueAsync("""conference_command_seconds_count{verb="HELO"}"""));
    }

    [Fact]
    public void Counting_a_command_allocates_nothing()
    {
        Count();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Count();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Count()
        {
            _metrics.Received();
            _metrics.Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(3));
            _metrics.Unsent(10);
        }
    }

    [Fact]
    public async Task Codes_that_come_for_the_first_time_from_several_threads_are_all_counted()
    {
        Parallel.For(0, 8000, i => _metrics.Answered(Verb.Stat, 200 + (i % 40), TimeSpan.FromMilliseconds(1)));
        string text = await _registry.ScrapeAsync();
        Assert.All(Enumerable.Range(200, 40), code => Assert.Contains($$"""conference_commands_total{verb="STAT",code="{{code}}"} 200""", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_is_followed_is_an_example_for_who_asks_for_them()
    {
        using var traced = new TracedHere();
        var span = NodeTracing.StartCommand(Verb.Conn)!;
        NodeTracing.EndCommand(span, 303);
        _metrics.Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(3), span);
        _metrics.Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(30));

        string[] shown = [.. (await _registry.ScrapeAsync(ExpositionFormat.OpenMetricsText)).Split('\n').Where(l => l.Contains('#') && !l.StartsWith('#'))];
        string example = Assert.Single(shown);
        Assert.StartsWith("""conference_command_seconds_bucket{verb="CONN",le="0.005"} 1 # {""", example, StringComparison.Ordinal);
        Assert.Contains($"trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"", example, StringComparison.Ordinal);
        Assert.DoesNotContain("trace_id", await _registry.ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_nobody_is_sent_is_none()
    {
        using var unheard = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        _metrics.Answered(Verb.Conn, 303, TimeSpan.FromMilliseconds(3), unheard);
        Assert.DoesNotContain("trace_id", await _registry.ScrapeAsync(ExpositionFormat.OpenMetricsText), StringComparison.Ordinal);
    }
}
