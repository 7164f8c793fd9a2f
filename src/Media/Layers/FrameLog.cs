namespace Conference.Media.Layers;

/// <summary>What was decided about a receiver's last frames, so that a frame's late packets fare as the rest of it did.</summary>
internal sealed class FrameLog
{
    public const int Capacity = 32;

    private readonly Entry[] _entries = new Entry[Capacity];
    private int _next;
    private int _count;

    /// <summary>One frame.</summary>
    internal struct Entry
    {
        public uint Timestamp;

        /// <summary>The first of its packets that was seen.</summary>
        public ushort Sequence;
        public bool Forwarded;

        /// <summary>The highest temporal layer that was let through when it came.</summary>
        public byte Layer;

        /// <summary>What is taken off VP8's picture id and TL0PICIDX in this frame.</summary>
        public ushort PictureIdOffset;
        public byte Tl0Offset;
    }

    public void Clear() => (_next, _count) = (0, 0);

    public void Add(in Entry entry)
    {
        _entries[_next] = entry;
        _next = (_next + 1) % Capacity;
        _count = Math.Min(Capacity, _count + 1);
    }

    /// <summary>The frame with this timestamp, newest first.</summary>
    public bool TryFind(uint timestamp, out Entry entry)
    {
        for (int i = 1; i <= _count; i++)
        {
            ref readonly Entry candidate = ref _entries[(_next - i + Capacity) % Capacity];
            if (candidate.Timestamp != timestamp)
                continue;
            entry = candidate;
            return true;
        }

        entry = default;
        return false;
    }

    /// <summary>The frames that surround a late one in sequence.</summary>
    public void Around(ushort sequence, out Entry older, out bool hasOlder, out Entry newer, out bool hasNewer)
    {
        (older, newer, hasOlder, hasNewer) = (default, default, false, false);
        for (int i = 0; i < _count; i++)
        {
            ref readonly Entry candidate = ref _entries[i];
            int ahead = (short)(candidate.Sequence - sequence);
            if (ahead > 0 && (!hasNewer || (short)(candidate.Sequence - newer.Sequence) < 0))
                (newer, hasNewer) = (candidate, true);
            else if (ahead <= 0 && (!hasOlder || (short)(candidate.Sequence - older.Sequence) > 0))
                (older, hasOlder) = (candidate, true);
        }
    }
}
