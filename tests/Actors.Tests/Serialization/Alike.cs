using System.Collections;
using System.Diagnostics;
using Akka.Actor;
using Conference.Actors.Tracing;

namespace Conference.Actors.Tests.Serialization;

/// <summary>Compares messages by what is in them: records whose parts are collections are never equal by themselves.</summary>
internal static class Alike
{
    public static void Check(object? expected, object? actual, string path = "")
    {
        if (Equals(expected, actual))
            return;
        if (expected is Traced before && actual is Traced after)
        {
            // Where a trace comes from is all that is told of it.
            Assert.Equal((before.Parent.TraceId, before.Parent.SpanId, ActivityTraceFlags.Recorded), (after.Parent.TraceId, after.Parent.SpanId, after.Parent.TraceFlags));
            Check(before.Message, after.Message, $"{path}.{nameof(Traced.Message)}");
            return;
        }

        if (expected is IEnumerable all and not string && actual is IEnumerable others)
        {
            object?[] left = [.. all.Cast<object?>()], right = [.. others.Cast<object?>()];
            Assert.True(left.Length == right.Length, $"{path}: {left.Length} and {right.Length} of them");
            for (int i = 0; i < left.Length; i++)
                Check(left[i], right[i], $"{path}[{i}]");
            return;
        }

        Assert.True(expected is not null && expected.GetType() == actual?.GetType(), $"{path}: {expected} and {actual}");
        var properties = expected is IActorRef ? [] : expected.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0).ToArray();
        Assert.True(properties.Length > 0, $"{path}: {expected} and {actual}");
        foreach (var property in properties)
            Check(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
    }
}
