using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Everything a receiver was sent since it came.</summary>
internal readonly record struct SentSoFar(long Datagrams, long Bytes);

/// <summary>How much a receiver is sent a second, by what it was sent in all whenever it says something.</summary>
internal struct SentRate
{
    private const long Window = Clock.Second / 2;

    private bool _hasBegun;
    private long _at;
    private long _bytes;
    private double _last;
    private double _before;

    /// <summary>kbit/s, the most of the last two windows: a report speaks of what was sent a while ago. 0 while that is not known.</summary>
    public readonly double Most => Math.Max(_last, _before);

    /// <summary>kbit/s, the least of them: what was sent for longer than a keyframe takes.</summary>
    public readonly double Sustained => Math.Min(_last, _before);

    public void Sample(long bytes, long now)
    {
        long passed = now - _at;
        if (_hasBegun && passed < Window)
            return;
        if (_hasBegun)
            (_before, _last) = (_last, Math.Max(0, bytes - _bytes) * 8000.0 / passed);
        (_hasBegun, _at, _bytes) = (true, now, bytes);
    }
}
