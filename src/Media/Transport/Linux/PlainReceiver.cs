namespace Conference.Media.Transport.Linux;

/// <summary>The receive step: fills the slab's slots from one readable socket without waiting. Implementations are readonly structs used
/// as a generic argument.</summary>
internal interface IBatchReceiver
{
    const int Refused = -1;

    /// <summary>Receives what is there, at most <paramref name="messages"/> slots: names, lengths and bytes are the slab's.</summary>
    /// <returns>How many; 0 when there is nothing; <see cref="Refused"/> when the peer's host has refused something sent earlier.</returns>
    int Receive(int fd, int messages);

    /// <summary>How long each datagram in a received slot is, the last one perhaps shorter.</summary>
    int SegmentOf(int slot);
}

/// <summary>The receive step as plain as it gets: one recvmmsg, a datagram per slot.</summary>
internal readonly unsafe struct PlainReceiver(ReceiveSlab slab) : IBatchReceiver
{
    public int Receive(int fd, int messages) => Receive(slab, fd, messages, withControl: false);

    public int SegmentOf(int slot) => (int)slab.Messages[slot].Length;

    public static int Receive(ReceiveSlab slab, int fd, int messages, bool withControl)
    {
        int count = Math.Min(messages, ReceiveSlab.Slots);
        for (int i = 0; i < count; i++)
            slab.Reset(i, withControl);
        int received = LibC.RecvMMsg(fd, slab.Messages, (uint)count, LibC.MSG_DONTWAIT, null);
        // A connected socket is told of ICMP by whatever call comes next; that clears it, and epoll asks again if there is more.
        if (received < 0)
            return LibC.Errno == LibC.ECONNREFUSED ? IBatchReceiver.Refused : 0;
        return received;
    }
}
