using System.Collections;
using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Remoting;

/// <summary>Compares messages by what is in them: records whose parts are collections are never equal by themselves.</summary>
internal static class Alike
{
    public static void Check(object? expected, object? actual, string path = "")
    {
        if (Equals(expected, actual))
            return;
        if (expected is ReadOnlyMemory<byte> bytes && actual is ReadOnlyMemory<byte> otherBytes)
            (expected, actual) = (bytes.ToArray(), otherBytes.ToArray());
        if (expected is IEnumerable all and not string && actual is IEnumerable others)
        {
            var (left, right) = (Sorted(all), Sorted(others));
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

    /// <summary>A set has no order; of anything else the order counts.</summary>
    private static object?[] Sorted(IEnumerable all)
    {
        var items = all.Cast<object?>();
        return all.GetType().Name.StartsWith("ImmutableHashSet", StringComparison.Ordinal)
            ? [.. items.OrderBy(i => i!.ToString(), StringComparer.Ordinal)]
            : [.. items];
    }
}
