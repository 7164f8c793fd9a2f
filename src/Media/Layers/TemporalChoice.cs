using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>How many frames a second a receiver is to have of a stream that takes more than there is room for.</summary>
internal static class TemporalChoice
{
    /// <param name="source">Whose frames are layered.</param>
    /// <param name="current">The highest layer the receiver has now.</param>
    /// <param name="budget">kbit/s for this picture.</param>
    /// <param name="next">kbit/s that the next higher layer would take; 0 where all fit.</param>
    /// <returns>Frames a second, which the highest layer that fits makes; where none fits the lowest, for a picture is better than none. 0 for all.</returns>
    public static int Choose(SourceStream source, int current, int budget, out int next)
    {
        next = 0;
        LayerRates rates = source.Rates;
        for (int layer = rates.Highest; layer >= 0; layer--)
        {
            double needed = rates.KilobitsUpTo(layer) * (layer > current ? SimulcastChoice.Headroom : 1);
            if (needed <= budget && layer == rates.Highest)
                return 0;
            if (needed <= budget || layer == 0)
                return Math.Max(1, (int)Math.Ceiling(rates.UpTo(layer)));
            next = (int)Math.Ceiling(rates.KilobitsUpTo(layer) * SimulcastChoice.Headroom);
        }

        return 0;
    }
}
