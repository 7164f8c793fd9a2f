using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The receive step: fills the slab from one readable socket without waiting. Implementations are readonly structs used as
/// a generic argument.</summary>
internal interface IBatchReceiver
{
    const int Refused = -1;

    /// <summary>Receives what is there, one <see cref="Datagram"/> each; the source of the i-th is the slab's i-th name.</summary>
    /// <returns>How many; 0 when there is nothing; <see cref="Refused"/> when the peer's host has refused something sent earlier.</returns>
    int Receive(int fd, Span<Datagram> into);
}

/// <summary>One recvmmsg.</summary>
internal readonly unsafe struct PlainReceiver(ReceiveSlab slab) : IBatchReceiver
{
    public int Receive(int fd, Span<Datagram> into)
    {
        int count = Math.Min(into.Length, ReceiveSlab.Slots);
        for (int i = 0; i < count; i++)
            slab.Reset(i, withControl: false);
        int received = LibC.RecvMMsg(fd, slab.Messages, (uint)count, LibC.MSG_DONTWAIT, null);
        // A connected socket is told of ICMP by whatever call comes next; that clears it, and epoll asks again if there is more.
        if (received < 0)
            return LibC.Errno == LibC.ECONNREFUSED ? IBatchReceiver.Refused : 0;
        for (int i = 0; i < received; i++)
            into[i] = new Datagram(ReceiveSlab.Offset(i), (int)slab.Messages[i].Length);
        return received;
    }
}
