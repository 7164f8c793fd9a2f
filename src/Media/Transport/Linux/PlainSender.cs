using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The send step as plain as it gets, and the reference for every faster one: one send per datagram on the receiver's
/// connected socket.</summary>
internal readonly unsafe struct PlainSender(ReceiveSlab slab) : IBatchSender
{
    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        byte* start = slab.Start;
        foreach (ref readonly Datagram datagram in batch)
        {
            if (LibC.Send(handle, start + datagram.Offset, (nuint)datagram.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0
                || Retry(handle, start + datagram.Offset, datagram.Length, out DropReason reason))
            {
                tally.Datagrams++;
                tally.Bytes += datagram.Length;
            }
            else
            {
                tally.Dropped++;
                counters.Drop(reason);
            }
        }
    }

    /// <summary>A refusal may be an earlier datagram's (ICMP port unreachable is told to the next call), so once more.</summary>
    private static bool Retry(int fd, byte* bytes, int length, out DropReason reason)
    {
        int errno = LibC.Errno;
        if (errno is LibC.ECONNREFUSED or LibC.EINTR)
        {
            if (LibC.Send(fd, bytes, (nuint)length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0)
            {
                reason = default;
                return true;
            }

            errno = LibC.Errno;
        }

        reason = errno switch
        {
            LibC.EAGAIN or LibC.ENOBUFS or LibC.ENOMEM => DropReason.ReceiverFull,
            LibC.ECONNREFUSED => DropReason.ReceiverGone,
            LibC.EMSGSIZE => DropReason.TooLarge,
            _ => DropReason.SendFailed,
        };
        return false;
    }
}
