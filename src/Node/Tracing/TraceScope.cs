using System.Collections;
using System.Diagnostics;

namespace Conference.Node.Tracing;

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
