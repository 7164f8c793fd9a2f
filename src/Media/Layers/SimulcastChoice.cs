using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Which simulcast layer a receiver is to have.</summary>
internal static class SimulcastChoice
{
    /// <summary>A better layer is taken only where there is this much more room than it needs.</summary>
    private const double Headroom = 1.15;

    /// <param name="group">The layers there are.</param>
    /// <param name="current">The one the receiver has; -1 for none yet.</param>
    /// <param name="compression">0 (best) to 100 (smallest), spread evenly over the layers.</param>
    /// <param name="budget">kbit/s for this picture; 0 for no limit.</param>
    /// <returns>The best layer that is flowing, allowed and fits; where none fits the worst, for a picture is better than none.</returns>
    public static int Choose(SimulcastGroup group, int current, int compression, int budget, long now)
    {
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
        }

        return worst < 0 ? 0 : worst;
    }

    private static bool IsFlowing(SourceStream? stream, long now) =>
        stream is { IsGone: false } && now - stream.LastHeard <= Clock.Second;
}
