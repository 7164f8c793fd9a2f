using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// A port number's wildcard socket, for one address family. First datagrams and strangers come here: it finds the CONN that
/// waits for that address, or for the token shown, opens a socket connected to it, and hands over what it has read so far. Nothing is ever sent from it.
/// </summary>
/// <param name="coalesce">Ask the kernel for coalesced buffers on the sockets it opens.</param>
/// <param name="gate">That of the number's door for the other family, where there is one: a port may come in by either.</param>
internal sealed unsafe class LinuxDoor(int number, int socket, LinuxMediaLoop loop, TimeProvider time, TimeSpan relatchAfter,
    bool coalesce, RoamingPorts roaming, Lock gate)
{
    // What one turn may read. Latching reads the door empty, so that a client's first datagrams stay in order.
    private const int BatchesPerTurn = 2;
    private const int BatchesPerLatch = 128;

    private readonly Lock _gate = gate;
    private readonly Dictionary<AddressKey, LinuxPort> _conns = [];
    private readonly List<(LinuxPort Port, List<byte[]> First)> _fresh = [];

    // Of those, whom their address does not find.
    private readonly List<LinuxPort> _roamed = [];

    public int Number => number;

    public int Socket => socket;

    public LinuxMediaLoop Loop => loop;

    /// <summary>The socket's place in the loop's poll. The loop's own.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Its own lock also guards the descriptors of its ports. Nothing on the way of a latched client's datagram takes it.</summary>
    public Lock Gate => _gate;

    /// <summary>Ports of the other family whose clients may come in here. Under <see cref="Gate"/>.</summary>
    public int Visitors { get; set; }

    public bool IsEmpty => _conns.Count == 0 && Visitors == 0;

    /// <summary>Lets a CONN wait for its client. Under <see cref="Gate"/>.</summary>
    public void Expect(LinuxPort port)
    {
        port.Door = this;
        _conns.Add(port.Client, port);
    }

    /// <summary>Under <see cref="Gate"/>.</summary>
    public void Dismiss(LinuxPort port) => _conns.Remove(port.Client);

    /// <summary>Reads what has come to the door. The caller is its loop.</summary>
    public void Turn(ReceiveSlab slab, LoopCounters counters)
    {
        lock (_gate)
        {
            for (int batch = 0; batch < (_fresh.Count > 0 ? BatchesPerLatch : BatchesPerTurn); batch++)
            {
                int latched = _fresh.Count;
                int received = Receive(slab, socket);
                for (int i = 0; i < received; i++)
                    Take(slab, i, LocalName(ref slab.Messages[i].Header, number), counters);
                // Empty, and was so after the last socket was connected.
                if (received < ReceiveSlab.Slots && _fresh.Count == latched)
                    break;
            }

            HandOver();
        }
    }

    /// <summary>Takes a datagram that a port's own socket caught between its bind and its connect. Any loop.</summary>
    /// <param name="local">The address that socket is bound to.</param>
    public void TakeStray(ReceiveSlab slab, int slot, SocketName local, LoopCounters counters)
    {
        lock (_gate)
        {
            Take(slab, slot, local, counters);
            HandOver();
        }
    }

    /// <summary>Reads what is there, with the address each datagram was sent to.</summary>
    public static int Receive(ReceiveSlab slab, int socket)
    {
        for (int i = 0; i < ReceiveSlab.Slots; i++)
            slab.Reset(i, withControl: true);
        return Math.Max(0, LibC.RecvMMsg(socket, slab.Messages, ReceiveSlab.Slots, LibC.MSG_DONTWAIT, null));
    }

    private void Take(ReceiveSlab slab, int slot, SocketName local, LoopCounters counters)
    {
        SocketName* from = slab.Names + slot;
        ReadOnlySpan<byte> bytes = slab.Bytes.Slice(ReceiveSlab.Offset(slot), slab.Length(slot));
        var shownTo = roaming.Find(bytes, number) as LinuxPort;
        LinuxPort? port = shownTo ?? FindRoamed(from) ?? _conns.GetValueOrDefault(from->Address);
        if (port is null || port.IsClosed)
        {
            counters.Drop(DropReason.Stranger);
            return;
        }

        if (port.HasPeer)
        {
            SocketName peer = port.Peer;
            if (SocketName.Same(from, &peer))
            {
                // Sent before its socket was connected, read after.
                Keep(port, bytes);
                return;
            }

            if (port.Pending >= 0 || (shownTo is null && time.GetElapsedTime(port.LastHeard) < relatchAfter))
            {
                counters.Drop(DropReason.Stranger);
                return;
            }
        }

        if (shownTo is not null && !roaming.TryTake(port, RoamToken.Read(bytes), from->Address))
        {
            counters.Drop(DropReason.Stranger);
            return;
        }

        Latch(port, *from, local, bytes, counters);
    }

    private void Latch(LinuxPort port, SocketName peer, SocketName local, ReadOnlySpan<byte> bytes, LoopCounters counters)
    {
        int fd = local.Family == 0 ? -1 : LinuxSockets.OpenConnected(local, peer);
        if (fd < 0)
        {
            // Out of descriptors, or an address one cannot answer from. The client's next datagram tries again.
            counters.Drop(DropReason.SendFailed);
            return;
        }

        if (coalesce)
            GroReceiver.Enable(fd);
        port.Peer = peer;
        port.Local = local;
        port.HasPeer = true;
        port.Entrance = this;
        port.Pending = fd;
        port.LastHeard = time.GetTimestamp();
        _fresh.Add((port, [bytes.ToArray()]));
        if (!_conns.TryGetValue(peer.Address, out LinuxPort? expected) || expected != port)
            _roamed.Add(port);
    }

    private LinuxPort? FindRoamed(SocketName* from)
    {
        foreach (LinuxPort port in _roamed)
        {
            SocketName peer = port.Peer;
            if (SocketName.Same(from, &peer))
                return port;
        }

        return null;
    }

    private void Keep(LinuxPort port, ReadOnlySpan<byte> bytes)
    {
        foreach ((LinuxPort fresh, List<byte[]> first) in _fresh)
        {
            if (fresh == port)
            {
                first.Add(bytes.ToArray());
                return;
            }
        }

        port.Home.Post(new LoopCommand(LoopCommandKind.Late, Port: port, Datagrams: [bytes.ToArray()]));
    }

    // Only when the door has been read: whatever a client sent before its socket was connected goes ahead of what is in there.
    private void HandOver()
    {
        foreach ((LinuxPort port, List<byte[]> first) in _fresh)
            port.Home.Post(new LoopCommand(LoopCommandKind.Adopt, Port: port, Datagrams: first));
        _fresh.Clear();
        _roamed.Clear();
    }

    /// <summary>The local address a datagram was sent to, from its control message; family 0 when there is none to answer from.</summary>
    public static SocketName LocalName(ref LibC.MsgHdr header, int number)
    {
        // One message is asked for: cmsghdr, then in_pktinfo { int interface; in_addr local; in_addr destination }
        // or in6_pktinfo { in6_addr destination; int interface }.
        if (header.ControlLength < (nuint)(sizeof(LibC.CMsgHdr) + 12))
            return default;
        var control = (LibC.CMsgHdr*)header.Control;
        byte* data = (byte*)(control + 1);
        if (control->Level == LibC.IPPROTO_IP && control->Type == LibC.IP_PKTINFO)
            return SocketName.V4(data + 4, number);
        if (control->Level == LibC.IPPROTO_IPV6 && control->Type == LibC.IPV6_PKTINFO && data[0] != 0xFF)
            return SocketName.V6(data, *(uint*)(data + 16), number);
        return default;
    }
}
