namespace Conference.Media.Transport.Linux;

/// <summary>The sockets of the ports that one loop receives on: opened, handed to another loop to send on, closed.</summary>
internal sealed class PortSockets(LinuxMediaLoop loop, Poll poll, Outbox outbox)
{
    /// <summary>Takes over a port's connected socket.</summary>
    /// <returns>Whether the port is open still.</returns>
    public bool Adopt(LinuxPort port)
    {
        int previous;
        int fd;
        lock (port.Door!.Gate)
        {
            fd = port.Pending;
            port.Pending = -1;
            if (port.IsClosed)
            {
                _ = LibC.Close(fd);
                return false;
            }

            previous = port.Socket;
            port.Socket = fd;
            port.Handle = HandleOf(port, fd);
        }

        if (previous >= 0)
        {
            poll.Forget(previous);
            poll.Release(port.Slot);
            CloseSocket(port, previous);
        }

        port.Slot = poll.Watch(fd, port);
        return true;
    }

    public void Close(LinuxPort port)
    {
        int fd;
        lock (port.Door!.Gate)
        {
            fd = port.Socket;
            port.Socket = -1;
        }

        if (fd >= 0)
        {
            poll.Release(port.Slot);
            CloseSocket(port, fd);
        }

        port.Service.Sources.Remove(port.Sources);
    }

    /// <summary>Listens to a browser by a new way.</summary>
    public void Watch(WebPath path)
    {
        lock (path.Link.Gate)
        {
            if (!path.IsClosed)
                path.Slot = poll.Watch(path.Socket, path);
        }
    }

    /// <summary>Closes a way on the thread that sends by it, which may be about to.</summary>
    public void Drop(WebPath path)
    {
        poll.Release(path.Slot);
        if (path.Link.Outlet == loop)
            _ = LibC.Close(path.Socket);
        else
            path.Link.Outlet.Post(new LoopCommand(LoopCommandKind.CloseSocket, Socket: path.Socket));
    }

    /// <summary>What to send to a port by: its descriptor, and whether another loop does.</summary>
    private int HandleOf(LinuxPort port, int fd)
    {
        if (port.Outlet == loop)
            return fd;
        outbox.Know(fd, port);
        return fd | Outbox.RelayBit;
    }

    /// <summary>From now on <paramref name="outlet"/> sends to the port's client.</summary>
    public void Relay(LinuxPort port, LinuxMediaLoop outlet)
    {
        lock (port.Door!.Gate)
        {
            port.Outlet = outlet;
            if (!port.IsClosed && port.Socket >= 0)
                port.Handle = HandleOf(port, port.Socket);
        }
    }

    /// <summary>Closes a port's descriptor on the thread that sends on it, which may be about to.</summary>
    private void CloseSocket(LinuxPort port, int fd)
    {
        outbox.Forget(fd);
        if (port.Outlet == loop)
            _ = LibC.Close(fd);
        else
            port.Outlet.Post(new LoopCommand(LoopCommandKind.CloseSocket, Socket: fd));
    }
}
