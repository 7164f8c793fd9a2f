namespace Conference.Media.Streams;

/// <summary>The last packets of one source, to answer NACKs with: half a second, 512 packets at most, in pooled buffers: time for a receiver to ask again
/// whose first question, or its answer, was lost.</summary>
/// <remarks>The source's loop writes. Any loop may read: a slot's version is odd while it changes, and a reader that finds it changed
/// over its copy has found nothing.</remarks>
internal sealed class PacketHistory(PacketPool pool)
{
    public const int Capacity = 512;
    public const long Age = 500 * Clock.Millisecond;

    private readonly Slot[] _slots = new Slot[Capacity];
    private ushort _oldest;
    private int _count;

    private struct Slot
    {
        public int Version;
        public int Length;
        public ushort Sequence;
        public long At;
        public byte[]? Buffer;
    }

    public void Add(ushort sequence, ReadOnlySpan<byte> packet, long now)
    {
        Expire(now);
        if (packet.Length > PacketPool.BufferBytes)
            return;
        if (_count == 0)
            _oldest = sequence;
        int place = (ushort)(sequence - _oldest);
        if (place >= Capacity)
        {
            // Older than all that is kept, or so far ahead that the sender has begun anew.
            if (place > ushort.MaxValue - Capacity)
                return;
            Advance(place < 2 * Capacity ? place - Capacity + 1 : Capacity);
            if (_count == 0)
                _oldest = sequence;
            place = (ushort)(sequence - _oldest);
        }

        ref Slot slot = ref _slots[sequence % Capacity];
        byte[]? buffer = slot.Buffer ?? pool.Rent();
        if (buffer is null)
            return;
        Volatile.Write(ref slot.Version, slot.Version + 1);
        Interlocked.MemoryBarrier();
        packet.CopyTo(buffer);
        (slot.Buffer, slot.Length, slot.Sequence, slot.At) = (buffer, packet.Length, sequence, now);
        Volatile.Write(ref slot.Version, slot.Version + 1);
        _count = Math.Max(_count, place + 1);
    }

    /// <returns>The packet's length, or 0 when it is not here (any more).</returns>
    public int Copy(ushort sequence, Span<byte> into, long now)
    {
        ref Slot slot = ref _slots[sequence % Capacity];
        int version = Volatile.Read(ref slot.Version);
        byte[]? buffer = slot.Buffer;
        int length = slot.Length;
        if ((version & 1) != 0 || buffer is null || slot.Sequence != sequence || now - slot.At > Age || (uint)length > (uint)into.Length)
            return 0;
        buffer.AsSpan(0, Math.Min(length, buffer.Length)).CopyTo(into);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref slot.Version) == version ? length : 0;
    }

    public void Clear() => Advance(Capacity);

    private void Expire(long now)
    {
        while (_count > 0)
        {
            ref Slot slot = ref _slots[_oldest % Capacity];
            if (slot.Buffer is not null && now - slot.At <= Age)
                return;
            Advance(1);
        }
    }

    private void Advance(int by)
    {
        for (; by > 0 && _count > 0; by--, _count--, _oldest++)
        {
            ref Slot slot = ref _slots[_oldest % Capacity];
            if (slot.Buffer is not { } buffer)
                continue;
            Volatile.Write(ref slot.Version, slot.Version + 1);
            Interlocked.MemoryBarrier();
            slot.Buffer = null;
            Volatile.Write(ref slot.Version, slot.Version + 1);
            pool.Return(buffer);
        }
    }
}
