using System.Collections;
using System.Diagnostics;

namespace Conference.Node.Tracing;

/// <summary>
/// Adds to a log line which trace it belongs to, and nothing else: what frameworks would add (a request's path, a connection's id) may name people.
/// </summary>
public sealed class TraceScopes : IExternalScopeProvider
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (Activity.Current is { Recorded: true } span && span.Source.HasListeners())
            callback(new TraceScope(span.TraceId, span.SpanId), state);
    }

    public IDisposable Push(object? state) => NoScope.Instance;

    private sealed class NoScope : IDisposable
    {
        public static NoScope Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}

/// <summary>The ids of a span as a log line shows them, in hexadecimal.</summary>
public sealed class TraceScope(ActivityTraceId traceId, ActivitySpanId spanId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 2;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("trace_id", traceId.ToHexString()),
        1 => new("span_id", spanId.ToHexString()),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"trace_id:{traceId} span_id:{spanId}";
}
