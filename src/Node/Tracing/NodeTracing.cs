using System.Diagnostics;
using System.Globalization;
using Conference.Node.Metrics;
using Conference.Protocol.Commands;

namespace Conference.Node.Tracing;

/// <summary>
/// Spans of what comes from outside, each the first of this service in its trace. Attributes hold verbs, routes and codes: no name, no address,
/// no header, no words.
/// </summary>
public static class NodeTracing
{
    /// <summary>For whoever collects spans.</summary>
    public const string SourceName = "Conference.Node";

    private static readonly ActivitySource _source = new(SourceName);

    /// <summary>Of a client's command, from its line to its answer; not made the current one, since it is answered elsewhere.</summary>
    /// <returns>Null where nobody listens, or the trace is not recorded.</returns>
    public static Activity? StartCommand(Verb verb)
    {
        if (!_source.HasListeners())
            return null;
        var before = Activity.Current;
        string method = CommandMetrics.NameOf(verb);
        var span = Start(method, parent: default);
        Activity.Current = before;
        return span?.SetTag("rpc.system.name", "qcvc").SetTag("rpc.method", method);
    }

    /// <param name="span">Of the command.</param>
    /// <param name="code">Of the reply; 0 for none.</param>
    public static void EndCommand(Activity span, int code)
    {
        var before = Activity.Current;
        if (code != 0)
            span.SetTag("rpc.response.status_code", code.ToString(CultureInfo.InvariantCulture));
        span.Stop();
        Activity.Current = before;
    }

    /// <summary>Of an HTTP request; the current one until it is stopped.</summary>
    /// <param name="method">As HTTP has it.</param>
    /// <param name="route">The template, not what was filled in.</param>
    /// <param name="traceParent">The caller's <c>traceparent</c>; null for none.</param>
    /// <returns>Null where nobody listens, or the trace is not recorded.</returns>
    public static Activity? StartRequest(string method, string route, string? traceParent)
    {
        if (!_source.HasListeners())
            return null;
        _ = ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return Start($"{method} {route}", parent)?.SetTag("http.request.method", method).SetTag("http.route", route);
    }

    private static Activity? Start(string name, ActivityContext parent)
    {
        // Kestrel's own, which nobody is sent, would be the parent otherwise.
        Activity.Current = null;
        return _source.CreateActivity(name, ActivityKind.Server, parent) is { Recorded: true } span ? span.Start() : null;
    }
}
