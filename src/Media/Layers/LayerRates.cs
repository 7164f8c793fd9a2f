using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Frames and bytes a second of a source, by temporal layer, measured over whole periods of its layering.</summary>
/// <remarks>A window runs from one base layer frame to the first one at least a second later by the source's own clock, so that the
/// network's jitter and the phase of the layering do not show. The source's loop writes; others read what was last complete.</remarks>
internal sealed class LayerRates
{
    public const int Layers = 8;
    private const int WindowTicks = Clock.VideoRate;
    private const int LongestTicks = 20 * Clock.VideoRate;

    private readonly int[] _counting = new int[Layers];
    private readonly long[] _bytes = new long[Layers];
    private readonly double[] _perSecond = new double[Layers];
    private readonly double[] _kilobits = new double[Layers];
    private uint _windowStart;
    private readonly uint[] _recent = new uint[16];
    private int _nextRecent;
    private bool _any;
    private volatile bool _isMeasured;

    /// <summary>A window has been completed.</summary>
    public bool IsMeasured => _isMeasured;

    /// <summary>The highest layer seen in the last window.</summary>
    public int Highest { get; private set; }

    /// <summary>Frames a second of this layer and those below.</summary>
    public double UpTo(int layer) => Volatile.Read(ref _perSecond[Math.Min(layer, Layers - 1)]);

    /// <summary>kbit/s of this layer and those below.</summary>
    public double KilobitsUpTo(int layer) => Volatile.Read(ref _kilobits[Math.Min(layer, Layers - 1)]);

    /// <returns>The highest layer that stays within a rate (and a tenth, for cameras are no clocks), or -1 when even the lowest does not.</returns>
    public int LayerWithin(int rate)
    {
        for (int layer = Layers - 1; layer >= 0; layer--)
        {
            if (UpTo(layer) <= rate * 1.1)
                return layer;
        }

        return -1;
    }

    /// <summary>A packet of a frame, which begins with it where it has not been seen before.</summary>
    public void Packet(uint timestamp, int layer, int bytes)
    {
        layer = Math.Min(layer, Layers - 1);
        Begin(timestamp, layer);
        _bytes[layer] += bytes;
    }

    private void Begin(uint timestamp, int layer)
    {
        // A late packet is no new frame; and with reordered pictures (H.264's B frames) timestamps do not only grow.
        if (_any && _recent.Contains(timestamp))
            return;
        _recent[_nextRecent] = timestamp;
        _nextRecent = (_nextRecent + 1) % _recent.Length;
        int span = (int)(timestamp - _windowStart);
        if (!_any || span < -2 * WindowTicks || span > LongestTicks)
        {
            Restart(timestamp);
        }
        else if (layer == 0 && span >= WindowTicks)
        {
            double total = 0;
            double bits = 0;
            int highest = 0;
            for (int i = 0; i < Layers; i++)
            {
                if (_counting[i] > 0)
                    highest = i;
                total += _counting[i];
                bits += 8.0 * _bytes[i];
                Volatile.Write(ref _perSecond[i], total * Clock.VideoRate / span);
                Volatile.Write(ref _kilobits[i], bits * Clock.VideoRate / span / 1000);
            }

            Highest = highest;
            _isMeasured = true;
            Restart(timestamp);
        }

        _counting[layer]++;
    }

    private void Restart(uint timestamp)
    {
        _any = true;
        _windowStart = timestamp;
        Array.Clear(_counting);
        Array.Clear(_bytes);
    }
}
