namespace Conference.Media.Transport.Linux;

/// <summary>
/// The receive step with UDP_GRO: what one sender has sent in a burst may arrive as one buffer, with the size of its datagrams in a
/// control message. <see cref="PlainReceiver"/> is the reference; both yield the same datagrams in the same order.
/// </summary>
/// <remarks>The kernel joins datagrams of one size, the last perhaps shorter. Nothing is copied: they stay neighbours in their slot,
/// which is also what <see cref="SegmentedSender"/> sends best.</remarks>
internal readonly unsafe struct GroReceiver(ReceiveSlab slab) : IBatchReceiver
{
    /// <summary>Asks for it on a socket. On a connected one only, and after the connect: until then a burst of somebody else's
    /// could lie in it.</summary>
    public static bool Enable(int fd)
    {
        int on = 1;
        return LibC.SetSockOpt(fd, LibC.IPPROTO_UDP, LibC.UDP_GRO, &on, sizeof(int)) == 0;
    }

    public int Receive(int fd, int messages) => PlainReceiver.Receive(slab, fd, messages, withControl: true);

    public int SegmentOf(int slot)
    {
        int length = (int)slab.Messages[slot].Length;
        ref LibC.MsgHdr header = ref slab.Messages[slot].Header;
        // One message is asked for: cmsghdr, then the segment size as an int. Without it, or with a size that cannot be, it is
        // one datagram.
        if (header.ControlLength < (nuint)(sizeof(LibC.CMsgHdr) + sizeof(int)))
            return length;
        var control = (LibC.CMsgHdr*)header.Control;
        int segment = *(int*)(control + 1);
        return control->Level == LibC.IPPROTO_UDP && control->Type == LibC.UDP_GRO && segment > 0 ? segment : length;
    }
}
