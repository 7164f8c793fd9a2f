namespace Conference.Media.Selection;

/// <summary>Buffers for what may have to be sent again: one pool a loop, bounded, so that no number of sources can take all memory.</summary>
/// <param name="capacity">Buffers at most.</param>
internal sealed class PacketPool(int capacity = 32 * 1024)
{
    /// <summary>What an Ethernet path takes; larger datagrams are not kept.</summary>
    public const int BufferBytes = 1536;

    private readonly Stack<byte[]> _free = new();
    private int _made;

    /// <summary>Null when all are in use.</summary>
    public byte[]? Rent()
    {
        if (_free.TryPop(out byte[]? buffer))
            return buffer;
        if (_made == capacity)
            return null;
        _made++;
        return GC.AllocateUninitializedArray<byte>(BufferBytes);
    }

    public void Return(byte[] buffer) => _free.Push(buffer);
}
