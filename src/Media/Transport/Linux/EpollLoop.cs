using System.Collections.Concurrent;
using System.Threading.Channels;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// One thread that carries the datagrams of its ports: wait, receive a batch, forward it to the end, next port. It takes no
/// lock and allocates nothing while datagrams of latched clients flow.
/// </summary>
/// <remarks>A readable port gets one bounded batch per turn; epoll puts it behind the others that are readable, so a client that
/// floods waits like everybody else. If the loop throws, that is a bug, and the process ends with it: half a plane that goes
/// on silently would look healthy to everyone but its users.</remarks>
internal sealed class EpollLoop<TReceiver, TSender> : LinuxMediaLoop
    where TReceiver : struct, IBatchReceiver
    where TSender : struct, IBatchSender
{
    // Copies made in one port's turn; bounds how long the others wait for it.
    private const int CopiesPerTurn = 2048;

    // A sender's frame comes in one burst, and a burst is best sent in one piece.
    private const int MinBatch = 10;

    private readonly Poll _poll = new();
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly Datagram[] _batch = new Datagram[ReceiveSlab.Slots];
    private readonly TimeProvider _time;
    private readonly double _secondsPerTick;
    private readonly ChannelWriter<MediaEvent> _events;
    private readonly ReceiveSlab _slab;
    private readonly TReceiver _receiver;
    private readonly Forwarder<TSender> _forwarder;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public EpollLoop(
        string name, TimeProvider time, ChannelWriter<MediaEvent> events, ReceiveSlab slab, TReceiver receiver, TSender sender)
    {
        _time = time;
        _secondsPerTick = 1.0 / time.TimestampFrequency;
        _events = events;
        _slab = slab;
        _receiver = receiver;
        _forwarder = new Forwarder<TSender>(sender, Counters, events);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public override LoopCounters Counters { get; } = new();

    public override void Start() => _thread.Start();

    public override void Post(LoopCommand command)
    {
        _commands.Enqueue(command);
        _poll.Wake();
    }

    public override void Forget(int fd) => _poll.Forget(fd);

    public override void Dispose()
    {
        _stopping = true;
        _poll.Wake();
        _thread.Join();
        // Sockets that were handed over and never adopted.
        RunCommands();
        _poll.Dispose();
        _slab.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                int events = _poll.Wait();
                for (int i = 0; i < events; i++)
                {
                    object? target = _poll.Target(i);
                    if (target is LinuxPort port)
                        Serve(port);
                    else if (target is LinuxDoor door)
                        door.Turn(_slab, Counters);
                }

                // After the events: what commands close may be among them.
                if (_poll.WasWoken())
                    RunCommands();
            }
        }
#pragma warning disable CA1031 // Everything: see the remarks.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Environment.FailFast($"{_thread.Name} died, and with it every room on it.", error);
        }
    }

    private void Serve(LinuxPort port)
    {
        long started = _time.GetTimestamp();
        int limit = Math.Clamp(CopiesPerTurn / Math.Max(1, port.Service.Routes.Entries.Length), MinBatch, ReceiveSlab.Slots);
        int received = _receiver.Receive(port.Socket, _batch.AsSpan(0, limit));
        if (received == IBatchReceiver.Refused)
        {
            port.Counters.Dropped++;
            Counters.Drop(DropReason.ReceiverGone);
        }

        if (received <= 0)
            return;
        int kept = KeepPeers(port, received);
        if (kept == 0)
            return;
        port.LastHeard = started;
        _forwarder.Forward(port, _slab.Bytes, _batch.AsSpan(0, kept), Micros(started));
        Counters.Delay.Observe((_time.GetTimestamp() - started) * _secondsPerTick, kept);
    }

    private long Micros(long timestamp) => (long)(timestamp * _secondsPerTick * 1e6);

    private unsafe int KeepPeers(LinuxPort port, int received)
    {
        int kept = 0;
        fixed (SocketName* peer = &port.Peer)
        {
            for (int i = 0; i < received; i++)
            {
                if (SocketName.Same(_slab.Names + i, peer))
                {
                    _batch[kept++] = _batch[i];
                    continue;
                }

                Counters.Strays++;
                port.Door!.TakeStray(_slab, i, port.Local, Counters);
            }
        }

        return kept;
    }

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
            port.Handle = fd;
        }

        if (previous >= 0)
        {
            _poll.Forget(previous);
            _poll.Release(port.Slot);
            _ = LibC.Close(previous);
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
        for (int begin = 0; begin < datagrams.Count; begin += MinBatch)
        {
            int count = Math.Min(MinBatch, datagrams.Count - begin);
            for (int i = 0; i < count; i++)
            {
                byte[] bytes = datagrams[begin + i];
                bytes.CopyTo(_slab.Bytes[ReceiveSlab.Offset(i)..]);
                _batch[i] = new Datagram(ReceiveSlab.Offset(i), bytes.Length);
            }

            _forwarder.Forward(port, _slab.Bytes, _batch.AsSpan(0, count), Micros(_time.GetTimestamp()));
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
            _ = LibC.Close(fd);
        }

        port.Service.Sources.Remove(port.Sources);
    }
}
