using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>What other threads ask of the loop, done by it.</summary>
internal sealed partial class EpollLoop<TReceiver, TSender>
{
    private void RunCommands()
    {
        while (_commands.TryDequeue(out LoopCommand command))
        {
            switch (command.Kind)
            {
                case LoopCommandKind.WatchDoor:
                    command.Door!.Slot = _poll.Watch(command.Door.Socket, command.Door);
                    break;
                case LoopCommandKind.CloseDoor:
                    _poll.Release(command.Door!.Slot);
                    _ = LibC.Close(command.Door.Socket);
                    break;
                case LoopCommandKind.Adopt:
                    Adopt(command.Port!, command.Datagrams!);
                    break;
                case LoopCommandKind.Late:
                    Forward(command.Port!, command.Datagrams!);
                    break;
                case LoopCommandKind.Relay:
                    Relay(command.Port!, command.Outlet!);
                    break;
                case LoopCommandKind.ForgetSources:
                    command.Gone!.Service.Sources.Remove(command.Gone.Sources);
                    break;
                case LoopCommandKind.CloseSocket:
                    _ = LibC.Close(command.Socket);
                    break;
                default:
                    Close(command.Port!);
                    break;
            }
        }
    }

    private void Adopt(LinuxPort port, List<byte[]> first)
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
                return;
            }

            previous = port.Socket;
            port.Socket = fd;
            port.Handle = HandleOf(port, fd);
        }

        if (previous >= 0)
        {
            _poll.Forget(previous);
            _poll.Release(port.Slot);
            CloseSocket(port, previous);
        }

        port.Slot = _poll.Watch(fd, port);
        if (port.Slot < 0)
            Counters.Drop(DropReason.SendFailed, first.Count);
        _events.TryWrite(new MediaEvent.Latched(port.Service.Room, port.Id));
        Forward(port, first);
    }

    private void Forward(LinuxPort port, List<byte[]> datagrams)
    {
        if (port.Handle < 0)
            return;
        _outbox.Started = 0;
        _now = Micros(_time.GetTimestamp());
        for (int begin = 0; begin < datagrams.Count; begin += MinBatch)
        {
            int count = Math.Min(MinBatch, datagrams.Count - begin);
            for (int i = 0; i < count; i++)
            {
                byte[] bytes = datagrams[begin + i];
                bytes.CopyTo(_slab.Bytes[ReceiveSlab.Offset(i)..]);
                _batch[i] = new Datagram(ReceiveSlab.Offset(i), bytes.Length);
            }

            Forward(port, count);
        }
    }

    private void Close(LinuxPort port)
    {
        int fd;
        lock (port.Door!.Gate)
        {
            fd = port.Socket;
            port.Socket = -1;
        }

        if (fd >= 0)
        {
            _poll.Release(port.Slot);
            CloseSocket(port, fd);
        }

        port.Service.Sources.Remove(port.Sources);
    }

    /// <summary>What to send to a port by: its descriptor, and whether another loop does.</summary>
    private int HandleOf(LinuxPort port, int fd)
    {
        if (port.Outlet == this)
            return fd;
        _outbox.Know(fd, port);
        return fd | Outbox.RelayBit;
    }

    private void Relay(LinuxPort port, LinuxMediaLoop outlet)
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
        _outbox.Forget(fd);
        if (port.Outlet == this)
            _ = LibC.Close(fd);
        else
            port.Outlet.Post(new LoopCommand(LoopCommandKind.CloseSocket, Socket: fd));
    }
}
