namespace Conference.Media.Layers;

/// <summary>How far a receiver had come with each source when it last reported, so that a report's fraction can be counted in packets.</summary>
internal sealed class ReportedNumbers
{
    private const int Slots = 64;

    /// <summary>More than that between two reports is no count, but another stream under the same number.</summary>
    private const uint Most = 10_000;

    private readonly (uint Ssrc, uint Highest)[] _last = new (uint, uint)[Slots];

    /// <returns>Packets since the last report of this source; 0 where that is not known.</returns>
    public int Advance(uint ssrc, uint highest)
    {
        ref var last = ref _last[(ssrc * 0x9E37_79B1) >> 26];
        uint packets = last.Ssrc == ssrc ? highest - last.Highest : 0;
        last = (ssrc, highest);
        return packets <= Most ? (int)packets : 0;
    }
}
