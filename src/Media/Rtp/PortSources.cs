using Conference.Media.Streams;

namespace Conference.Media.Rtp;

/// <summary>The RTP sources one port has sent, at most <see cref="Capacity"/>. Belongs to one <see cref="SourceTable"/>.</summary>
/// <remarks>
/// A renumbered source makes a swap X &lt;-&gt; X' for its port: what the port sends as X the others see as X', and what they
/// name X' is its X. X itself is another member's stream, which this port therefore sees as X'. The swap is its own
/// inverse, so the same map serves both directions.
/// </remarks>
internal sealed class PortSources : ISsrcMap
{
    public const int Capacity = 32;

    // Most ports send one or two sources, and many none at all: grown on demand, up to the capacity.
    private Source[] _sources = [];
    private int _recycle;

    public int Count { get; private set; }

    /// <summary>How many of the sources carry another number than their sender gave them.</summary>
    public int Renumbered { get; private set; }

    public Span<Source> All => _sources.AsSpan(0, Count);

    /// <summary>One SSRC of one port.</summary>
    internal struct Source
    {
        public uint Ssrc;

        /// <summary>What the others see; equal to <see cref="Ssrc"/> unless renumbered.</summary>
        public uint Shown;

        public ushort LastSequence;

        /// <summary>Seen twice in a row: it owns the number it shows.</summary>
        public bool Validated;

        /// <summary>What is known of it, once it is believed.</summary>
        public SourceStream? Stream;
    }

    public int IndexOf(uint ssrc)
    {
        Source[] sources = _sources;
        for (int i = 0; i < Count; i++)
        {
            if (sources[i].Ssrc == ssrc)
                return i;
        }

        return -1;
    }

    public uint Map(uint ssrc)
    {
        foreach (ref readonly Source source in All)
        {
            if (source.Shown == source.Ssrc)
                continue;
            if (source.Ssrc == ssrc)
                return source.Shown;
            if (source.Shown == ssrc)
                return source.Ssrc;
        }

        return ssrc;
    }

    /// <summary>A place for a new source; when full, that of one still on probation. -1 when all are real.</summary>
    public int Add(uint ssrc, ushort sequence)
    {
        int index = Count < Capacity ? Count : FindOnProbation();
        if (index < 0)
            return -1;
        if (index == Count)
        {
            if (Count == _sources.Length)
                Array.Resize(ref _sources, Math.Min(Capacity, Math.Max(2, Count * 2)));
            Count++;
        }

        _sources[index] = new Source { Ssrc = ssrc, Shown = ssrc, LastSequence = sequence };
        return index;
    }

    public void Renumber(int index, uint shown)
    {
        ref Source source = ref _sources[index];
        source.Shown = shown;
        source.Validated = true;
        Renumbered++;
    }

    /// <summary>The streams of its believed sources; from any thread.</summary>
    public IEnumerable<SourceStream> Streams()
    {
        Source[] sources = Volatile.Read(ref _sources);
        foreach (Source source in sources)
        {
            if (source.Stream is { } stream)
                yield return stream;
        }
    }

    /// <summary>RTP packets of its believed sources: those that came, and those that never did; from any thread.</summary>
    public (long Packets, long Lost) CountReceived()
    {
        long packets = 0, lost = 0;
        foreach (Source source in Volatile.Read(ref _sources))
        {
            if (source.Stream is not { } stream)
                continue;
            packets += stream.Reception.Packets;
            lost += stream.Reception.Lost;
        }

        return (packets, lost);
    }

    public void Clear()
    {
        foreach (ref readonly Source source in All)
            source.Stream?.Forget();
        _sources = [];
        (Count, Renumbered, _recycle) = (0, 0, 0);
    }

    private int FindOnProbation()
    {
        for (int tried = 0; tried < Capacity; tried++)
        {
            _recycle = (_recycle + 1) % Capacity;
            if (!_sources[_recycle].Validated)
                return _recycle;
        }

        return -1;
    }
}
