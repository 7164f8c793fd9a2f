namespace Conference.Media.Web;

/// <summary>What must be remembered of one SSRC in one direction: how far it has come.</summary>
internal sealed class SrtpSource
{
    private const long MaxIndex = (1L << 48) - 1;

    public IndexWindow Window { get; } = new();

    /// <summary>The 48-bit index a sequence number stands for: of all that end so, the one nearest to the highest so far (RFC 3711 section 3.3.1).</summary>
    /// <param name="source">Null for an SSRC that is new; its rollover counter begins at zero.</param>
    /// <returns>Below zero where there is none: it would be before the first, or beyond the last.</returns>
    public static long Guess(SrtpSource? source, ushort sequence)
    {
        if (source is null || source.Window.Highest < 0)
            return sequence;
        long highest = source.Window.Highest;
        long index = highest + (short)(sequence - (ushort)highest);
        return index > MaxIndex ? -1 : index;
    }
}
