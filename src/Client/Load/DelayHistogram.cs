using System.Numerics;

namespace Conference.Client.Load;

/// <summary>
/// Counts of durations in nanoseconds, each power of two in 32 steps: within 3 % of the truth, in 16 KiB, without allocation.
/// One writer; merged when it is done.
/// </summary>
public sealed class DelayHistogram
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        _counts[IndexOf(nanoseconds)]++;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    public void Add(DelayHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <param name="share">0.99 for p99.</param>
    /// <returns>The middle of the step it falls in; 0 when nothing was counted.</returns>
    public long Percentile(double share)
    {
        long rank = (long)Math.Ceiling(share * Count);
        for (int i = 0; i < _counts.Length && Count > 0; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
                return Math.Min(MaxNanoseconds, MiddleOf(i));
        }

        return MaxNanoseconds;
    }

    private static int IndexOf(long value)
    {
        int exponent = 63 - BitOperations.LeadingZeroCount((ulong)value | 1);
        return exponent < StepBits ? (int)value : ((exponent - StepBits + 1) << StepBits) + (int)((value >> (exponent - StepBits)) - Steps);
    }

    private static long MiddleOf(int index)
    {
        int group = index >> StepBits;
        if (group == 0)
            return index;
        long width = 1L << (group - 1);
        return ((Steps + (index & (Steps - 1))) * width) + (width / 2);
    }
}
