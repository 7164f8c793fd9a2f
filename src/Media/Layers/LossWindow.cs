using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>How much was lost of late: the last whole second and what has passed of this one.</summary>
internal struct LossWindow
{
    /// <summary>Fewer lost packets than these prove nothing.</summary>
    private const int Least = 5;

    private long _start;
    private double _packets;
    private double _lost;
    private double _packetsBefore;
    private double _lostBefore;

    /// <summary>0 to 1.</summary>
    public readonly double Fraction => Packets > 0 ? Math.Min(1, Lost / Packets) : 0;

    private readonly double Packets => _packets + _packetsBefore;

    private readonly double Lost => _lost + _lostBefore;

    public void Clear() => this = default;

    /// <param name="packets">How many were sent.</param>
    /// <param name="lost">How many of them did not come.</param>
    public void Add(double packets, double lost, long now)
    {
        if (now - _start >= Clock.Second)
        {
            bool isOld = now - _start >= 2 * Clock.Second;
            (_packetsBefore, _lostBefore) = isOld ? default : (_packets, _lost);
            (_start, _packets, _lost) = (now, 0, 0);
        }

        _packets += packets;
        _lost += lost;
    }

    /// <summary>More was lost than a fraction, and more than chance makes of it: by two standard deviations.</summary>
    public readonly bool IsAbove(double fraction) =>
        Lost >= Least && Lost > (Packets * fraction) + (2 * Math.Sqrt(Packets * fraction * (1 - fraction)));
}
