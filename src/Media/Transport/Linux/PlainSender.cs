using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The send step as plain as it gets, and the reference for every faster one: one send per datagram on the receiver's
/// connected socket.</summary>
/// <param name="start">Where the datagrams' offsets count from.</param>
/// <param name="to">Where the <see cref="SocketName"/> lies to send to by a socket that is not connected; 0 for one that is.</param>
internal readonly unsafe struct PlainSender(nint start, nint to = 0) : IBatchSender
{
    private readonly uint _nameLength = to == 0 ? 0 : ((SocketName*)to)->Length;

    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        foreach (ref readonly Datagram datagram in batch)
        {
            if (Send(handle, (byte*)start + datagram.Offset, datagram.Length) < 0
                && !Retry(handle, (byte*)start + datagram.Offset, datagram.Length, counters, ref tally))
                continue;
            tally.Datagrams++;
            tally.Bytes += datagram.Length;
        }
    }

    public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, counters, ref tally);

    /// <summary>Counts a refusal. One that is an earlier datagram's (the receiver's host has answered that nobody listens, and the
    /// next call is told) is counted for that one, and this one is tried again.</summary>
    private bool Retry(int fd, byte* bytes, int length, LoopCounters counters, ref SendTally tally)
    {
        int errno = LibC.Errno;
        if (errno is LibC.ECONNREFUSED or LibC.EINTR)
        {
            if (errno == LibC.ECONNREFUSED)
                Drop(DropReason.ReceiverGone, 1, counters, ref tally);
            if (Send(fd, bytes, length) >= 0)
                return true;
            errno = LibC.Errno;
        }

        Drop(ReasonOf(errno), 1, counters, ref tally);
        return false;
    }

    private nint Send(int fd, byte* bytes, int length) =>
        LibC.SendTo(fd, bytes, (nuint)length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL, (SocketName*)to, _nameLength);

    public static void Drop(DropReason reason, int datagrams, LoopCounters counters, ref SendTally tally)
    {
        tally.Dropped += datagrams;
        counters.Drop(reason, datagrams);
    }

    public static DropReason ReasonOf(int errno) => errno switch
    {
        LibC.EAGAIN or LibC.ENOBUFS or LibC.ENOMEM => DropReason.ReceiverFull,
        LibC.ECONNREFUSED => DropReason.ReceiverGone,
        LibC.EMSGSIZE => DropReason.TooLarge,
        _ => DropReason.SendFailed,
    };
}
