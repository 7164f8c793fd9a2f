using System.Runtime.CompilerServices;

namespace Conference.Client.Media.Rtp;

/// <summary>What one number turned out to be against those before it.</summary>
public enum Arrival
{
    /// <summary>Above all before it.</summary>
    New,

    /// <summary>Below the highest, and not seen yet.</summary>
    Late,

    /// <summary>Seen already.</summary>
    Duplicate,

    /// <summary>So far below the highest that nobody can tell whether it was seen.</summary>
    Stale,
}

/// <summary>
/// Tells duplicates from late ones by a bitmap of the last <see cref="Width"/> numbers. Numbers are 64 bits wide, so that they never wrap;
/// who has 16-bit ones unwraps them first. 40 bytes, no references: arrays of it are cheap.
/// </summary>
public struct SequenceWindow
{
    public const int Width = 256;

    private Bitmap _seen;
    private long _next;

    /// <summary>One more than the highest so far.</summary>
    public readonly long Next => _next;

    /// <param name="number">0 or more.</param>
    public Arrival Add(long number)
    {
        if (number >= _next)
        {
            Clear(_next, number);
            Mark(number);
            _next = number + 1;
            return Arrival.New;
        }

        if (number < _next - Width)
            return Arrival.Stale;
        return Mark(number) ? Arrival.Late : Arrival.Duplicate;
    }

    private bool Mark(long number)
    {
        ref ulong word = ref _seen[(int)(number >> 6) & 3];
        ulong bit = 1UL << (int)(number & 63);
        bool first = (word & bit) == 0;
        word |= bit;
        return first;
    }

    /// <summary>Forgets what stood in the places of <paramref name="from"/> to <paramref name="to"/>.</summary>
    private void Clear(long from, long to)
    {
        if (to - from >= Width)
        {
            _seen = default;
            return;
        }

        for (long number = from; number <= to; number++)
            _seen[(int)(number >> 6) & 3] &= ~(1UL << (int)(number & 63));
    }

    [InlineArray(Width / 64)]
    private struct Bitmap
    {
        private ulong _word;
    }
}
