using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// The send step with UDP_SEGMENT: datagrams of one size that follow each other, the last perhaps shorter, go to their receiver by one
/// sendmsg. Most of what a packet costs is the way through the kernel's network layers; here a run of packets goes that way once. <see cref="PlainSender"/> is the
/// reference, sends what stands alone, and takes over where the kernel refuses.
/// </summary>
/// <param name="start">Where the datagrams' offsets count from.</param>
/// <param name="message">Its thread's.</param>
/// <param name="to">As in <see cref="PlainSender"/>.</param>
/// <param name="place">What is remembered of the path to <paramref name="to"/> is remembered under this number; by a connected socket under
/// its descriptor.</param>
internal readonly unsafe struct SegmentedSender(nint start, SegmentedMessage message, nint to = 0, int place = 0) : IBatchSender
{
    private readonly PlainSender _plain = new(start, to);

    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        while (!batch.IsEmpty)
        {
            int run = RunLength(batch, out int bytes);
            if (run == 1 || message.IsPlain(PathOf(handle)))
                _plain.Send(handle, batch[..run], counters, ref tally);
            else
                SendRun(handle, batch[..run], bytes, counters, ref tally);
            batch = batch[run..];
        }
    }

    public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, counters, ref tally);

    /// <summary>How many datagrams from the first on the kernel can cut out of one buffer.</summary>
    internal static int RunLength(ReadOnlySpan<Datagram> batch, out int bytes)
    {
        int size = batch[0].Length;
        bytes = size;
        if (size == 0)
            return 1;
        int run = 1;
        int most = Math.Min(batch.Length, SegmentedMessage.MaxSegments);
        while (run < most)
        {
            int length = batch[run].Length;
            // A shorter one ends the run, and is its last; an empty one the kernel would not send at all.
            if (length == 0 || length > size || bytes + length > SegmentedMessage.MaxBytes)
                break;
            bytes += length;
            run++;
            if (length < size)
                break;
        }

        return run;
    }

    private int PathOf(int fd) => to == 0 ? fd : place;

    private void SendRun(int fd, ReadOnlySpan<Datagram> run, int bytes, LoopCounters counters, ref SendTally tally)
    {
        LibC.MsgHdr* header = message.Fill((byte*)start, run, (SocketName*)to);
        if (LibC.SendMsg(fd, header, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) < 0 && !Retry(fd, header, run, counters, ref tally))
            return;
        tally.Datagrams += run.Length;
        tally.Bytes += bytes;
    }

    private bool Retry(int fd, LibC.MsgHdr* header, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally)
    {
        int errno = LibC.Errno;
        if (errno is LibC.ECONNREFUSED or LibC.EINTR)
        {
            // The answer to an earlier datagram, told to this call.
            if (errno == LibC.ECONNREFUSED)
                PlainSender.Drop(DropReason.ReceiverGone, 1, counters, ref tally);
            if (LibC.SendMsg(fd, header, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0)
                return true;
            errno = LibC.Errno;
        }

        DropReason reason = PlainSender.ReasonOf(errno);
        if (reason is DropReason.ReceiverFull or DropReason.ReceiverGone || errno == LibC.EDESTADDRREQ)
        {
            // One by one they would meet the same, and cost a call each. The last is a port that has been closed.
            PlainSender.Drop(reason, run.Length, counters, ref tally);
            return false;
        }

        // A path that takes less than this size (EMSGSIZE, older kernels EINVAL), or a device that cannot (EIO).
        counters.OffloadFallbacks++;
        message.StayPlain(PathOf(fd));
        _plain.Send(fd, run, counters, ref tally);
        return false;
    }
}
