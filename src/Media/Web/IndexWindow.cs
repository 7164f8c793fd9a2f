namespace Conference.Media.Web;

/// <summary>Which packet indexes of one SSRC have come, of the last <see cref="Size"/> (RFC 3711 section 3.3.2).</summary>
/// <remarks>A ring of bits by index, as in RFC 6479: the words between the highest and a higher one are cleared, nothing is moved.</remarks>
internal sealed class IndexWindow
{
    /// <summary>At least so many behind the highest are told apart: two seconds of a picture that needs a thousand packets a second.</summary>
    public const int Size = (Words - 1) * 64;

    private const int Words = 32;

    private readonly ulong[] _seen = new ulong[Words];

    /// <summary>-1 while nothing has come.</summary>
    public long Highest { get; private set; } = -1;

    /// <summary>False for what has come, and for what is too old to tell.</summary>
    public bool IsNew(long index) => index > Highest
        || (index >= 0 && (Highest >> 6) - (index >> 6) < Words && (_seen[(index >> 6) % Words] & Bit(index)) == 0);

    /// <summary>Remembers what is new, once it is authentic.</summary>
    public void Take(long index)
    {
        long word = index >> 6;
        if (index > Highest)
        {
            long ahead = Highest < 0 ? Words : Math.Min(word - (Highest >> 6), Words);
            for (long i = 0; i < ahead; i++)
                _seen[((word - i) % Words + Words) % Words] = 0;
            Highest = index;
        }

        _seen[word % Words] |= Bit(index);
    }

    private static ulong Bit(long index) => 1UL << (int)(index & 63);
}
