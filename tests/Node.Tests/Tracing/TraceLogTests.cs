using System.Diagnostics;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Microsoft.Extensions.Logging;

namespace Conference.Node.Tests.Tracing;

/// <summary>What a log line says of the trace it belongs to.</summary>
[Collection(nameof(TracedHere))]
public sealed class TraceLogTests
{
    [Fact]
    public void A_line_in_a_recorded_span_has_its_ids()
    {
        using var traced = new TracedHere();
        using var span = NodeTracing.StartCommand(Verb.Helo)!;
        Activity.Current = span;
        var (key, text) = Assert.Single(Seen());

        Assert.Equal([new("trace_id", span.TraceId.ToHexString()), new("span_id", span.SpanId.ToHexString())], key);
        Assert.Equal($"trace_id:{span.TraceId} span_id:{span.SpanId}", text);
    }

    [Fact]
    public void A_line_outside_of_one_or_in_one_that_nobody_is_sent_has_none()
    {
        using var traced = new TracedHere();
        Assert.Empty(Seen());
        using var unheard = new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        Assert.Empty(Seen());
    }

    [Fact]
    public void What_frameworks_would_add_to_a_line_is_left_out()
    {
        var scopes = new TraceScopes();
        using (scopes.Push("GET /api/v1/users/joe"))
            Assert.Empty(Seen(scopes));
    }

    private static List<(KeyValuePair<string, object?>[] Ids, string Text)> Seen(TraceScopes? scopes = null)
    {
        List<(KeyValuePair<string, object?>[] Ids, string Text)> seen = [];
        (scopes ?? new TraceScopes()).ForEachScope(
            (scope, all) => all.Add(([.. (IEnumerable<KeyValuePair<string, object?>>)scope!], scope.ToString()!)), seen);
        return seen;
    }
}
