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
