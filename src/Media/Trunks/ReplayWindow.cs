namespace Conference.Media.Trunks;

/// <summary>Which counters have come, of the last <see cref="Size"/>. Whoever asks must have authenticated them.</summary>
/// <remarks>A ring of bits by counter, as in RFC 6479: the words between the highest and a higher one are cleared, nothing is moved.</remarks>
internal sealed class ReplayWindow
{
    /// <summary>At least so many behind the highest are told apart. A burst is 64; what comes later than this is of no use to a call.</summary>
    public const int Size = (Words - 1) * 64;

    private const int Words = 64;

    private readonly ulong[] _seen = new ulong[Words];
    private uint _highest;

    /// <summary>0 while nothing has come.</summary>
    public uint Highest => Volatile.Read(ref _highest);

    /// <summary>True the first time a counter comes, unless it is older than the window is long.</summary>
    public bool TryTake(uint counter)
    {
        uint word = counter / 64;
        if (counter > _highest)
        {
            uint ahead = Math.Min(word - (_highest / 64), Words);
            for (uint i = 0; i < ahead; i++)
                _seen[(word - i) % Words] = 0;
            Volatile.Write(ref _highest, counter);
        }
        else if (counter == 0 || (_highest / 64) - word >= Words)
        {
            return false;
        }

        ulong bit = 1UL << (int)(counter % 64);
        ref ulong seen = ref _seen[word % Words];
        if ((seen & bit) != 0)
            return false;
        seen |= bit;
        return true;
    }
}
