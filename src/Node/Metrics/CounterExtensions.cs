using System.Collections.Frozen;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>Counters that are shown from the start, so that their first event is an increase.</summary>
internal static class CounterExtensions
{
    /// <param name="counter">With one label.</param>
    /// <param name="values">All it takes.</param>
    public static FrozenDictionary<string, Counter.Child> FromZero(this Counter counter, params IEnumerable<string> values) =>
        values.ToFrozenDictionary(v => v, v => counter.WithLabels(v));
}
