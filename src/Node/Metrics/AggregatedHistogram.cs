using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>
/// A histogram that somebody else has aggregated already, since a hot path cannot observe each value: its growth is observed before every
/// collection, as many values as there were in each bucket, placed within the buckets such that they add up to the sum. Safe from any thread.
/// </summary>
/// <param name="histogram">With the same bounds, and nobody else who observes.</param>
/// <param name="bounds">Upper bounds, inclusive, growing, above 0.</param>
public sealed class AggregatedHistogram(IHistogram histogram, IReadOnlyList<double> bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _fed = new long[bounds.Count + 1];
    private readonly long[] _new = new long[bounds.Count + 1];

    /// <summary>Brings the histogram up to what was counted until now.</summary>
    /// <param name="counts">One per bound, then those above the last; not cumulative. They only grow.</param>
    /// <param name="sum">Of everything observed. What does not fit these counts (the two are read one after the other) is made up for the next time.</param>
    public void BringTo(IReadOnlyList<long> counts, double sum)
    {
        ArgumentNullException.ThrowIfNull(counts);
        lock (_gate)
        {
            // Values lie between the two: all at the lower end of their buckets, all at the upper. Beyond the last bound there is no upper end.
            double least = 0, most = 0;
            for (int i = 0; i < _new.Length; i++)
            {
                _new[i] = Math.Max(0, counts[i] - _fed[i]);
                _fed[i] += _new[i];
                least += _new[i] * Lower(i);
                most += _new[i] * (i < bounds.Count ? bounds[i] : Lower(i));
            }

            double wanted = sum - histogram.Sum;
            double part = most > least ? Math.Clamp((wanted - least) / (most - least), 0, 1) : 0;
            double beyond = _new[^1] > 0 ? Math.Max(0, wanted - most) / _new[^1] : 0;
            for (int i = 0; i < _new.Length; i++)
            {
                if (_new[i] == 0)
                    continue;
                // The lower end belongs to the bucket below.
                double lowest = i == 0 ? 0 : Math.BitIncrement(Lower(i));
                double value = i < bounds.Count ? Math.Min(bounds[i], Lower(i) + (part * (bounds[i] - Lower(i)))) : Lower(i) + beyond;
                histogram.Observe(Math.Max(lowest, value), _new[i]);
            }
        }
    }

    private double Lower(int bucket) => bucket == 0 ? 0 : bounds[bucket - 1];
}
