namespace Conference.Media.Forwarding;

/// <summary>The tokens one port takes, and the one it took last. <see cref="RoamingPorts"/> writes, the port's loop reads.</summary>
internal sealed class PortRoaming(RoamingPorts table, ClientPort port)
{
    private volatile RoamToken[] _tokens = [];
    private ulong _taken;

    public RoamToken[] Tokens
    {
        get => _tokens;
        set => _tokens = value;
    }

    /// <summary>As <see cref="RoamToken.Read"/> has it; 0 before any.</summary>
    public ulong Taken
    {
        get => Volatile.Read(ref _taken);
        set => Volatile.Write(ref _taken, value);
    }

    /// <summary>Cuts tokens off what the port's client has sent: the one it moved by, that is repeated until it has been heard, and one that
    /// is shown where nothing has moved, and is spent by it like any other.</summary>
    public void Strip(ReadOnlySpan<byte> slab, Span<Datagram> batch)
    {
        foreach (ref Datagram datagram in batch)
        {
            ulong token = RoamToken.Read(slab.Slice(datagram.Offset, datagram.Length));
            if (token == 0 || (token != Taken && !table.TryTake(port, token, port.HeardFrom)))
                continue;
            datagram.Offset += RoamToken.Length;
            datagram.Length -= RoamToken.Length;
        }
    }
}
