using System.Diagnostics.Metrics;

namespace Conference.Node.Telemetry;

/// <summary>Counters that are shown from the start, so that their first event is an increase.</summary>
internal static class CounterExtensions
{
    public static Counter<long> FromZero(this Counter<long> counter)
    {
        counter.Add(0);
        return counter;
    }

    /// <param name="counter">With one label.</param>
    /// <param name="label">Its name.</param>
    /// <param name="values">All it takes.</param>
    public static Counter<long> FromZero(this Counter<long> counter, string label, IEnumerable<string> values)
    {
        foreach (string value in values)
            counter.Add(0, new KeyValuePair<string, object?>(label, value));
        return counter;
    }
}
