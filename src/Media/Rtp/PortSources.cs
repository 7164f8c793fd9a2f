using Conference.Media.Streams;

namespace Conference.Media.Rtp;

/// <summary>The RTP sources one port sends, at most <see cref="Capacity"/> at a time. Belongs to one <see cref="SourceTable"/>.</summary>
/// <remarks>
/// A renumbered source makes a swap X &lt;-&gt; X' for its port: what the port sends as X the others see as X', and what they
/// name X' is its X. X itself is another member's stream, which this port therefore sees as X'. The swap is its own
/// inverse, so the same map serves both directions.
/// </remarks>
internal sealed class PortSources : ISsrcMap
{
    public const int Capacity = 32;

    /// <summary>A source that was silent for so long gives up its place when another needs one.</summary>
    public const long Silence = 10 * Clock.Second;

    // Most ports send one or two sources, and many none at all: grown on demand, up to the capacity.
    private Source[] _sources = [];
    private long _packetsOfGone;
    private long _lostOfGone;

    public int Count { get; private set; }

    /// <summary>How many of the sources carry another number than their sender gave them.</summary>
    public int Renumbered { get; private set; }

    public Span<Source> All => _sources.AsSpan(0, Count);

    /// <summary>What makes the numbers of this port's renumbered sources; 0 while none was needed.</summary>
    public uint Salt { get; set; }

    /// <summary>Null while every source has had a place.</summary>
    public UnplacedNumbers? Unplaced { get; set; }

    /// <summary>One SSRC of one port.</summary>
    internal struct Source
    {
        public uint Ssrc;

        /// <summary>What the others see; equal to <see cref="Ssrc"/> unless renumbered.</summary>
        public uint Shown;

        public ushort LastSequence;

        /// <summary>Two packets in a row have come: it is RTP.</summary>
        public bool IsBelieved;

        /// <summary>When its last packet came; earlier for one that has said goodbye.</summary>
        public long LastHeard;

        /// <summary>What was learned before it was believed.</summary>
        public StreamOpening Opening;

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

    /// <summary>The place of the source that the others see under a number, or -1.</summary>
    public int IndexOfShown(uint shown)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_sources[i].Shown == shown)
                return i;
        }

        return -1;
    }

    /// <summary>The others see one of its sources under this number; from any thread.</summary>
    public bool Shows(uint shown)
    {
        foreach (ref readonly Source source in Volatile.Read(ref _sources).AsSpan())
        {
            if (source.Shown == shown && source.Ssrc != 0)
                return true;
        }

        return false;
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

    /// <summary>Gives a source a place; there must be one.</summary>
    public int Add(uint ssrc, uint shown, ushort sequence, long now)
    {
        if (Count == _sources.Length)
            Array.Resize(ref _sources, Math.Min(Capacity, Math.Max(2, Count * 2)));
        _sources[Count] = new Source { Ssrc = ssrc, Shown = shown, LastSequence = sequence, LastHeard = now };
        if (shown != ssrc)
            Renumbered++;
        return Count++;
    }

    /// <summary>The place that a new source may have: of those on probation, and those silent for <see cref="Silence"/>, the one silent
    /// longest. -1 when all are alive.</summary>
    public int FindReplaceable(long now)
    {
        int longest = -1;
        for (int i = 0; i < Count; i++)
        {
            ref readonly Source source = ref _sources[i];
            if (source.IsBelieved && now - source.LastHeard < Silence)
                continue;
            if (longest < 0 || source.LastHeard < _sources[longest].LastHeard)
                longest = i;
        }

        return longest;
    }

    public void RemoveAt(int index)
    {
        ref Source source = ref _sources[index];
        if (source.Stream is { } stream)
        {
            stream.Forget();
            Volatile.Write(ref _packetsOfGone, _packetsOfGone + stream.Reception.Packets);
            Volatile.Write(ref _lostOfGone, _lostOfGone + stream.Reception.Lost);
        }

        if (source.Shown != source.Ssrc)
            Renumbered--;
        Count--;
        source = _sources[Count];
        _sources[Count] = default;
    }

    /// <summary>The streams of its believed sources that have not said goodbye; from any thread.</summary>
    public IEnumerable<SourceStream> Streams()
    {
        Source[] sources = Volatile.Read(ref _sources);
        foreach (Source source in sources)
        {
            if (source.Stream is { HasLeft: false } stream)
                yield return stream;
        }
    }

    /// <summary>RTP packets of all sources that it ever believed: those that came, and those that never did; from any thread.</summary>
    public (long Packets, long Lost) CountReceived()
    {
        (long packets, long lost) = (Volatile.Read(ref _packetsOfGone), Volatile.Read(ref _lostOfGone));
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
        (Count, Renumbered, Unplaced) = (0, 0, null);
    }
}
