using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Which simulcast layer a receiver is to have.</summary>
internal static class SimulcastChoice
{
    /// <summary>What is better is taken only where there is this much more room than it needs.</summary>
    public const double Headroom = 1.15;

    /// <param name="group">The layers there are.</param>
    /// <param name="current">The one the receiver has; -1 for none yet.</param>
    /// <param name="compression">0 (best) to 100 (smallest), spread evenly over the layers.</param>
    /// <param name="budget">kbit/s for this picture; 0 for no limit.</param>
    /// <param name="next">kbit/s that the next better layer would take which is flowing and allowed; 0 where there is none.</param>
    /// <returns>The best layer that is flowing, allowed and fits; where none fits the worst, for a picture is better than none.</returns>
    public static int Choose(SimulcastGroup group, int current, int compression, int budget, long now, out int next)
    {
        next = 0;
        int most = group.Layers.Length - 1;
        int allowed = (int)Math.Round(most * (100 - Math.Clamp(compression, 0, 100)) / 100.0, MidpointRounding.AwayFromZero);
        int worst = -1;
        for (int layer = most; layer >= 0; layer--)
        {
            if (!IsFlowing(group[layer], now))
                continue;
            worst = layer;
            double needed = group.Layers[layer].Kilobits * (layer > current && current >= 0 ? Headroom : 1);
            if (layer <= allowed && (budget == 0 || needed <= budget))
                return layer;
            if (layer <= allowed)
                next = (int)Math.Ceiling(group.Layers[layer].Kilobits * Headroom);
        }

        return worst < 0 ? 0 : worst;
    }

    private static bool IsFlowing(SourceStream? stream, long now) =>
        stream is { IsGone: false } && now - stream.LastHeard <= Clock.Second;
}
