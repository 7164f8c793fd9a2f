using System.Diagnostics;
using Conference.Actors.Runtime.Tracing;
using Google.Protobuf;

namespace Conference.Actors.Remoting;

/// <summary>W3C trace context on the wire, its parts as bytes: trace-id (16), parent-id (8), trace-flags (1).</summary>
internal static class TraceContext
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;
    private const int Bytes = TraceIdBytes + SpanIdBytes + 1;

    internal static ByteString Write(TraceParent parent)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        parent.Context.TraceId.CopyTo(bytes[..TraceIdBytes]);
        parent.Context.SpanId.CopyTo(bytes.Slice(TraceIdBytes, SpanIdBytes));
        bytes[^1] = (byte)parent.Context.TraceFlags;
        return ByteString.CopyFrom(bytes);
    }

    /// <returns>Null where these are no ids, or those of a trace that is not recorded: a trace is never worth a message.</returns>
    internal static TraceParent? Read(ByteString bytes)
    {
        if (bytes.Length != Bytes)
            return null;
        var traceId = bytes.Span[..TraceIdBytes];
        var spanId = bytes.Span.Slice(TraceIdBytes, SpanIdBytes);
        bool isRecorded = ((ActivityTraceFlags)bytes.Span[^1]).HasFlag(ActivityTraceFlags.Recorded);
        return isRecorded && traceId.ContainsAnyExcept((byte)0) && spanId.ContainsAnyExcept((byte)0)
            ? new TraceParent(new ActivityContext(
                ActivityTraceId.CreateFromBytes(traceId), ActivitySpanId.CreateFromBytes(spanId), ActivityTraceFlags.Recorded, isRemote: true))
            : null;
    }
}
