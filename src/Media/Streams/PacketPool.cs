namespace Conference.Media.Streams;

/// <summary>Buffers for what may have to be sent again: one pool a loop, bounded, so that no number of sources can take all memory.</summary>
/// <param name="capacity">Buffers at most.</param>
internal sealed class PacketPool(int capacity = 32 * 1024)
{
    /// <summary>What an Ethernet path takes; larger datagrams are not kept.</summary>
    public const int BufferBytes = 1536;

    private readonly Stack<byte[]> _free = new();
    private int _made;
    private long _refused;

    /// <summary>Buffers in use now. From any thread; a snapshot.</summary>
    public int Rented => Math.Max(0, Volatile.Read(ref _made) - _free.Count);

    /// <summary>Packets that were not kept because all were in use. From any thread.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Null when all are in use.</summary>
    public byte[]? Rent()
    {
        if (_free.TryPop(out byte[]? buffer))
            return buffer;
        if (_made == capacity)
        {
            _refused++;
            return null;
        }

        _made++;
        return GC.AllocateUninitializedArray<byte>(BufferBytes);
    }

    public void Return(byte[] buffer) => _free.Push(buffer);
}
