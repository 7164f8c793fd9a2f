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
        // Whatever is the current one here, the command has nothing to do with it.
        Activity.Current = null;
        var span = _source.CreateActivity(method, ActivityKind.Server, default(ActivityContext)) is { Recorded: true } made ? made.Start() : null;
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
}
