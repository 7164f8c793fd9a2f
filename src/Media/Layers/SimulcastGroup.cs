using System.Collections.Immutable;
using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>The qualities one port sends of one picture, worst first. Receivers see one of them at a time, as one source.</summary>
internal sealed class SimulcastGroup
{
    private readonly SourceStream?[] _streams;
    private SourceStream? _first;

    public SimulcastGroup(ImmutableArray<SimulcastLayer> layers)
    {
        Layers = [.. layers.OrderBy(l => l.Kilobits)];
        _streams = new SourceStream?[Layers.Length];
    }

    public ImmutableArray<SimulcastLayer> Layers { get; }

    /// <summary>The number receivers see: that of the first layer that came, for as long as the sender keeps these layers.</summary>
    public uint Ssrc => Volatile.Read(ref _first)?.Shown ?? 0;

    /// <summary>Null while that layer has not been seen.</summary>
    public SourceStream? this[int layer] => Volatile.Read(ref _streams[layer]);

    /// <summary>One of its layers comes.</summary>
    public bool IsFlowing(long now)
    {
        for (int i = 0; i < Layers.Length; i++)
        {
            if (this[i] is { IsGone: false } stream && now - stream.LastHeard <= Clock.Second)
                return true;
        }

        return false;
    }

    public bool IsOf(ImmutableArray<SimulcastLayer> layers) => Layers.SequenceEqual(layers.OrderBy(l => l.Kilobits));

    /// <summary>The place of a source by the number its sender gave it, or -1.</summary>
    public int IndexOf(uint ssrc)
    {
        for (int i = 0; i < Layers.Length; i++)
        {
            if (Layers[i].Ssrc.Value == ssrc)
                return i;
        }

        return -1;
    }

    public void Set(int layer, SourceStream stream)
    {
        Volatile.Write(ref _streams[layer], stream);
        if (_first is null)
            Volatile.Write(ref _first, stream);
    }
}
