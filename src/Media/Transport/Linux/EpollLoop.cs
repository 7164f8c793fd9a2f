using System.Collections.Concurrent;
using System.ComponentModel;
using System.Threading.Channels;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>
/// One thread that carries the datagrams of its ports: wait, receive a batch, forward it to the end, next port. It takes no
/// lock and allocates nothing while datagrams of latched clients flow: <see cref="ReceiveTurns{TReceiver, TSender}"/>.
/// </summary>
/// <remarks>A readable port gets one bounded batch per turn; epoll puts it behind the others that are readable, so a client that
/// floods waits like everybody else. If the loop throws, that is a bug, and the process ends with it: half a plane that goes
/// on silently would look healthy to everyone but its users.</remarks>
internal sealed class EpollLoop<TReceiver, TSender> : LinuxMediaLoop
    where TReceiver : struct, IBatchReceiver
    where TSender : struct, IBatchSender
{
    private readonly Poll _poll = new();
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly ChannelWriter<MediaEvent> _events;
    private readonly ReceiveSlab _slab;
    private readonly LinuxTrunk? _trunk;
    private readonly Inbox<TSender> _inbox;
    private readonly ReceiveTurns<TReceiver, TSender> _turns;
    private readonly WebTurns<TReceiver, TSender>? _browsers;
    private readonly PortSockets _sockets;
    private readonly Thread _thread;
    private volatile bool _stopping;

    // The kernel's; 0 before it runs.
    private volatile int _threadId;

    // 1 from before the last look into the inbox until the sleep is over.
    private int _idle;

    /// <param name="senderFrom">Makes the send step for datagrams whose offsets count from an address.</param>
    /// <param name="trunk">Null where there are none.</param>
    /// <param name="ports">Those of browsers.</param>
    /// <param name="gate">Where browsers come in; null where there are none.</param>
    public EpollLoop(
        string name, TimeProvider time, ChannelWriter<MediaEvent> events, ReceiveSlab slab, TReceiver receiver, Func<nint, TSender> senderFrom,
        LinuxTrunk? trunk, WebPortTable ports, WebGate? gate)
    {
        _events = events;
        _slab = slab;
        var outbox = new Outbox(slab, ports);
        _inbox = new Inbox<TSender>(senderFrom, Counters, time);
        _trunk = trunk;
        var forwarder = new Forwarder<RelayingSender<TSender>>(new RelayingSender<TSender>(senderFrom(slab.Start), outbox), Counters, events, trunk);
        _turns = new ReceiveTurns<TReceiver, TSender>(time, Counters, slab, receiver, outbox, forwarder);
        _browsers = gate is null ? null : new WebTurns<TReceiver, TSender>(time, Counters, slab, receiver, outbox, forwarder, gate);
        _sockets = new PortSockets(this, _poll, outbox);
        if (trunk is not null && _poll.Watch(trunk.Socket, trunk) < 0)
            throw new Win32Exception(LibC.Errno);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public override LoopCounters Counters { get; } = new();

    public override void Start() => _thread.Start();

    public override LoopStatistics Read() => new(
        _thread.Name!, _threadId == 0 ? null : ThreadClock.Read(_threadId), _inbox.Queued, Counters.Packets.Rented, Counters.Packets.Refused);

    public override void Post(LoopCommand command)
    {
        _commands.Enqueue(command);
        _poll.Wake();
    }

    public override void Forget(int fd) => _poll.Forget(fd);

    public override LoopRing OpenRing()
    {
        LoopRing ring = _inbox.Open();
        // So that it knows of it before it sleeps again.
        _poll.Wake();
        return ring;
    }

    public override void WakeIfIdle()
    {
        // The ring before the flag; the loop does it the other way round, so that one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _idle) != 0)
            _poll.Wake();
    }

    public override void Stop()
    {
        _stopping = true;
        _poll.Wake();
        _thread.Join();
    }

    // Sockets that were handed over and never adopted, among others.
    public override void Finish() => RunCommands();

    public override void Dispose()
    {
        RunCommands();
        if (_trunk is not null)
            _ = LibC.Close(_trunk.Socket);
        _inbox.Dispose();
        _poll.Dispose();
        _slab.Dispose();
    }

    private void Run()
    {
        _threadId = LibC.GetThreadId();
        try
        {
            while (!_stopping)
            {
                int events = Wait();
                for (int i = 0; i < events; i++)
                {
                    object? target = _poll.Target(i);
                    if (target is LinuxPort port)
                        _turns.Serve(port);
                    else if (target is WebPath path)
                        _browsers!.Serve(path);
                    else if (target is LinuxTrunk trunk)
                        _turns.Serve(trunk);
                    else if (target is WebDoor webDoor)
                        webDoor.Turn(_slab, Counters);
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

    private int Wait()
    {
        if (_inbox.IsUnused)
            return _poll.Wait();
        _inbox.Turn();
        Volatile.Write(ref _idle, 1);
        Interlocked.MemoryBarrier();
        int events = _poll.Wait(look: !_inbox.IsEmpty);
        Volatile.Write(ref _idle, 0);
        return events;
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
                    _turns.Forward(command.Port!, command.Datagrams!);
                    break;
                case LoopCommandKind.Relay:
                    _sockets.Relay(command.Port!, command.Outlet!);
                    break;
                case LoopCommandKind.ForgetSources:
                    command.Gone!.Service.Sources.Remove(command.Gone.Sources);
                    break;
                case LoopCommandKind.WatchWebDoor:
                    command.WebDoor!.Slot = _poll.Watch(command.WebDoor.Socket, command.WebDoor);
                    break;
                case LoopCommandKind.WatchPath:
                    _sockets.Watch(command.Path!);
                    break;
                case LoopCommandKind.DropPath:
                    _sockets.Drop(command.Path!);
                    break;
                case LoopCommandKind.CloseLink:
                    command.Link!.Outlet.Post(new LoopCommand(LoopCommandKind.DisposeLink, Link: command.Link));
                    break;
                case LoopCommandKind.DisposeLink:
                    command.Link!.Dispose();
                    break;
                case LoopCommandKind.CloseSocket:
                    _ = LibC.Close(command.Socket);
                    break;
                default:
                    _sockets.Close(command.Port!);
                    break;
            }
        }
    }

    private void Adopt(LinuxPort port, List<byte[]> first)
    {
        if (!_sockets.Adopt(port))
            return;
        if (port.Slot < 0)
            Counters.Drop(DropReason.SendFailed, first.Count);
        _events.TryWrite(new MediaEvent.Latched(port.Service.Room, port.Id));
        _turns.Forward(port, first);
    }
}
