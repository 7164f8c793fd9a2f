using System.Collections.Immutable;
using Conference.Media;

namespace Conference.Node.Statistics;

/// <summary>Percentiles of the last readings of a histogram that only grows.</summary>
/// <param name="readings">How many readings back the window begins.</param>
public sealed class DelayWindow(int readings)
{
    private readonly Queue<ImmutableArray<long>> _counts = new();
    private long[] _within = [];

    public void Add(DelayHistogram histogram)
    {
        _counts.Enqueue(histogram.Counts);
        while (_counts.Count > readings + 1)
            _counts.Dequeue();
        var first = _counts.Peek();
        _within = [.. histogram.Counts.Select((c, i) => c - first[i])];
    }

    /// <summary>In seconds, taken as evenly spread within a bucket; beyond the last bound, that bound. Null where nothing was counted.</summary>
    /// <param name="part">0.99 for the 99th.</param>
    public double? Percentile(double part)
    {
        long wanted = (long)Math.Ceiling(_within.Sum() * part);
        if (wanted <= 0)
            return null;
        long below = 0;
        for (int i = 0; i < DelayHistogram.Bounds.Length; i++)
        {
            if (below + _within[i] >= wanted)
            {
                double from = i == 0 ? 0 : DelayHistogram.Bounds[i - 1];
                return from + ((DelayHistogram.Bounds[i] - from) * (wanted - below) / _within[i]);
            }

            below += _within[i];
        }

        return DelayHistogram.Bounds[^1];
    }
}
