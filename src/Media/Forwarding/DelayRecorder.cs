using System.Collections.Immutable;

namespace Conference.Media.Forwarding;

/// <summary>Counts delays into <see cref="DelayHistogram.Bounds"/>. One writer, any readers.</summary>
internal sealed class DelayRecorder
{
    private static readonly double[] s_bounds = [.. DelayHistogram.Bounds];
    private readonly long[] _counts = new long[s_bounds.Length + 1];
    private double _sum;

    /// <param name="seconds">What each of the datagrams waited.</param>
    /// <param name="datagrams">How many a batch held.</param>
    public void Observe(double seconds, int datagrams)
    {
        int i = 0;
        while (i < s_bounds.Length && seconds > s_bounds[i])
            i++;
        _counts[i] += datagrams;
        _sum += seconds * datagrams;
    }

    public static DelayHistogram Sum(IEnumerable<DelayRecorder> recorders)
    {
        var counts = new long[s_bounds.Length + 1];
        double sum = 0;
        foreach (DelayRecorder recorder in recorders)
        {
            for (int i = 0; i < counts.Length; i++)
                counts[i] += Volatile.Read(ref recorder._counts[i]);
            sum += Volatile.Read(ref recorder._sum);
        }

        return new DelayHistogram(ImmutableArray.Create(counts), sum);
    }
}
