namespace Conference.Media;

/// <summary>Which packet indexes have come, of the last <paramref name="size"/>. For one thread; <see cref="Highest"/> is for any.</summary>
/// <remarks>A ring of bits by index, as in RFC 6479: the words between the highest and a higher one are cleared, nothing is moved.</remarks>
/// <param name="size">At least so many behind the highest are told apart; a multiple of 64.</param>
internal class PacketWindow(int size)
{
    private readonly ulong[] _seen = new ulong[(size / 64) + 1];
    private long _highest = -1;

    /// <summary>-1 while nothing has come.</summary>
    public long Highest => Volatile.Read(ref _highest);

    /// <summary>False for what has come, and for what is too old to tell.</summary>
    public bool IsNew(long index) => index > _highest
        || (index >= 0 && (_highest >> 6) - (index >> 6) < _seen.Length && (WordOf(index >> 6) & Bit(index)) == 0);

    /// <summary>Remembers what is new, once it is authentic.</summary>
    public void Take(long index)
    {
        long word = index >> 6;
        if (index > _highest)
        {
            long ahead = Math.Min(word - (_highest >> 6), _seen.Length);
            for (long i = 0; i < ahead; i++)
                WordOf(word - i) = 0;
            Volatile.Write(ref _highest, index);
        }

        WordOf(word) |= Bit(index);
    }

    private ref ulong WordOf(long word) => ref _seen[word % _seen.Length];

    private static ulong Bit(long index) => 1UL << (int)(index & 63);
}
