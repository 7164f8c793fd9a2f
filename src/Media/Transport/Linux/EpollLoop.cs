using System.Collections.Concurrent;
using System.ComponentModel;
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
internal sealed partial class EpollLoop<TReceiver, TSender> : LinuxMediaLoop
    where TReceiver : struct, IBatchReceiver
    where TSender : struct, IBatchSender
{
    // Copies made in one port's turn; bounds how long the others wait for it.
    private const int CopiesPerTurn = 2048;

    // A sender's frame comes in one burst, and a burst is best sent in one piece.
    private const int MinBatch = 10;

    // Datagrams forwarded at once: four buffers as full as the kernel makes them.
    private const int BatchSize = IBatchSender.MostDatagrams;

    private readonly Poll _poll = new();
    private readonly ConcurrentQueue<LoopCommand> _commands = new();
    private readonly Datagram[] _batch = new Datagram[BatchSize];
    private readonly TimeProvider _time;
    private readonly double _secondsPerTick;
    private readonly ChannelWriter<MediaEvent> _events;
    private readonly ReceiveSlab _slab;
    private readonly LinuxTrunk? _trunk;
    private readonly TReceiver _receiver;
    private readonly Outbox _outbox;
    private readonly Inbox<TSender> _inbox;
    private readonly Forwarder<RelayingSender<TSender>> _forwarder;
    private readonly Thread _thread;
    // Microseconds, of the batch in hand.
    private long _now;
    private volatile bool _stopping;

    // The kernel's; 0 before it runs.
    private volatile int _threadId;

    // 1 from before the last look into the inbox until the sleep is over.
    private int _idle;

    /// <param name="senderFrom">Makes the send step for datagrams whose offsets count from an address.</param>
    /// <param name="trunk">Null where there are none.</param>
    public EpollLoop(
        string name, TimeProvider time, ChannelWriter<MediaEvent> events, ReceiveSlab slab, TReceiver receiver, Func<nint, TSender> senderFrom,
        LinuxTrunk? trunk)
    {
        _time = time;
        _secondsPerTick = 1.0 / time.TimestampFrequency;
        _events = events;
        _slab = slab;
        _receiver = receiver;
        _outbox = new Outbox(slab);
        _inbox = new Inbox<TSender>(senderFrom, Counters, time);
        _trunk = trunk;
        _forwarder = new Forwarder<RelayingSender<TSender>>(new RelayingSender<TSender>(senderFrom(slab.Start), _outbox), Counters, events, trunk);
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
                        Serve(port);
                    else if (target is LinuxTrunk trunk)
                        Serve(trunk);
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

    private void Serve(LinuxPort port)
    {
        long started = _time.GetTimestamp();
        int received = _receiver.Receive(port.Socket, MessagesFor(port));
        if (received == IBatchReceiver.Refused)
        {
            port.Counters.Dropped++;
            Counters.Drop(DropReason.ReceiverGone);
        }

        _outbox.Started = started;
        _now = Micros(started);
        int taken = 0;
        int waiting = 0;
        for (int slot = 0; slot < received; slot++)
        {
            if (!IsPeer(port, slot))
            {
                TakeStray(port, slot);
                continue;
            }

            // Before anybody can have heard of it.
            if (taken == 0)
                port.LastHeard = started;
            waiting = Take(port, slot, waiting, ref taken);
        }

        if (waiting > 0)
            Forward(port, waiting);
        if (taken == 0)
            return;
        port.PerMessage = Math.Max(1, taken / received);
        Counters.Delay.Observe((_time.GetTimestamp() - started) * _secondsPerTick, taken);
    }

    /// <summary>How many messages to receive, so that a turn stays within its copies; one may hold many datagrams, as this port's last
    /// ones did.</summary>
    private static int MessagesFor(LinuxPort port)
    {
        int datagrams = Math.Clamp(CopiesPerTurn / Math.Max(1, port.Service.Routes.Entries.Length), MinBatch, BatchSize);
        return Math.Clamp(datagrams / port.PerMessage, 1, ReceiveSlab.Slots);
    }

    /// <summary>Appends a slot's datagrams to the batch, and forwards the batch whenever it is full.</summary>
    /// <returns>How many wait in the batch.</returns>
    private int Take(LinuxPort port, int slot, int waiting, ref int taken)
    {
        int left = (int)_slab.Length(slot);
        int segment = _receiver.SegmentOf(slot);
        int offset = ReceiveSlab.Offset(slot);
        do
        {
            if (waiting == BatchSize)
            {
                Forward(port, waiting);
                waiting = 0;
            }

            int length = Math.Min(segment, left);
            _batch[waiting++] = new Datagram(offset, length);
            taken++;
            offset += length;
            left -= length;
        }
        while (left > 0);
        return waiting;
    }

    private unsafe bool IsPeer(LinuxPort port, int slot)
    {
        fixed (SocketName* peer = &port.Peer)
            return SocketName.Same(_slab.Names + slot, peer);
    }

    private void TakeStray(LinuxPort port, int slot)
    {
        Counters.Strays++;
        port.Door!.TakeStray(_slab, slot, port.Local, Counters);
    }

    private void Forward(LinuxPort port, int count)
    {
        _forwarder.Forward(port, _slab.Bytes, _batch.AsSpan(0, count), _now);
        // Before the slab is written again: what is open ends with its batch.
        if (_outbox.HasOpen)
            _outbox.Flush();
    }

    private long Micros(long timestamp) => (long)(timestamp * _secondsPerTick * 1e6);
}
