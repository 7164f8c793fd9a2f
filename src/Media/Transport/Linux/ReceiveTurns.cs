using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport.Linux;

/// <summary>What a loop does with a readable socket: it receives one bounded batch and forwards it to the end.</summary>
/// <remarks>Takes no lock and allocates nothing while datagrams of latched clients flow.</remarks>
internal sealed class ReceiveTurns<TReceiver, TSender>
    where TReceiver : struct, IBatchReceiver
    where TSender : struct, IBatchSender
{
    // Copies made in one port's turn; bounds how long the others wait for it.
    private const int CopiesPerTurn = 2048;

    // A sender's frame comes in one burst, and a burst is best sent in one piece.
    private const int MinBatch = 10;

    // Datagrams forwarded at once: four buffers as full as the kernel makes them.
    private const int BatchSize = IBatchSender.MostDatagrams;

    private readonly Datagram[] _batch = new Datagram[BatchSize];
    private readonly TimeProvider _time;
    private readonly double _secondsPerTick;
    private readonly LoopCounters _counters;
    private readonly ReceiveSlab _slab;
    private readonly TReceiver _receiver;
    private readonly Outbox _outbox;
    private readonly Forwarder<RelayingSender<TSender>> _forwarder;
    // Microseconds, of the batch in hand.
    private long _now;

    public ReceiveTurns(
        TimeProvider time, LoopCounters counters, ReceiveSlab slab, TReceiver receiver, Outbox outbox, Forwarder<RelayingSender<TSender>> forwarder)
    {
        _time = time;
        _secondsPerTick = 1.0 / time.TimestampFrequency;
        _counters = counters;
        _slab = slab;
        _receiver = receiver;
        _outbox = outbox;
        _forwarder = forwarder;
    }

    /// <summary>Receives one batch of a member and forwards it.</summary>
    public void Serve(LinuxPort port)
    {
        long started = _time.GetTimestamp();
        int received = _receiver.Receive(port.Socket, MessagesFor(port));
        if (received == IBatchReceiver.Refused)
        {
            port.Counters.Dropped++;
            _counters.Drop(DropReason.ReceiverGone);
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
        _counters.Delay.Observe((_time.GetTimestamp() - started) * _secondsPerTick, taken);
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
        _counters.Strays++;
        port.Entrance!.TakeStray(_slab, slot, port.Local, _counters);
    }

    private void Forward(LinuxPort port, int count)
    {
        _forwarder.Forward(port, _slab.Bytes, _batch.AsSpan(0, count), _now);
        // Before the slab is written again: what is open ends with its batch.
        if (_outbox.HasOpen)
            _outbox.Flush();
    }

    /// <summary>Forwards what came before the port had a socket of its own.</summary>
    public void Forward(LinuxPort port, List<byte[]> datagrams)
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

    /// <summary>One bounded turn, as a port gets it; what comes here is for many rooms.</summary>
    public void Serve(LinuxTrunk trunk)
    {
        long started = _time.GetTimestamp();
        int messages = Math.Clamp(CopiesPerTurn / (trunk.PerMessage * trunk.Receivers), 1, ReceiveSlab.Slots);
        int received = _receiver.Receive(trunk.Socket, messages);
        if (received <= 0)
            return;
        _outbox.Started = started;
        _now = Micros(started);
        var turn = new TrunkTurn(this, trunk);
        for (int slot = 0; slot < received; slot++)
        {
            int left = (int)_slab.Length(slot);
            int segment = _receiver.SegmentOf(slot);
            int offset = ReceiveSlab.Offset(slot);
            do
            {
                int length = Math.Min(segment, left);
                turn.Take(offset, length);
                offset += length;
                left -= length;
            }
            while (left > 0);
        }

        turn.Forward();
        trunk.PerMessage = Math.Max(1, turn.Taken / received);
        trunk.Receivers = Math.Max(1, turn.Copies / Math.Max(1, turn.Taken));
        if (turn.Taken > 0)
            _counters.Delay.Observe((_time.GetTimestamp() - started) * _secondsPerTick, turn.Taken);
    }

    private long Micros(long timestamp) => (long)(timestamp * _secondsPerTick * 1e6);

    /// <summary>Gathers what comes from one port, as far as it comes in one piece.</summary>
    private ref struct TrunkTurn(ReceiveTurns<TReceiver, TSender> turns, LinuxTrunk trunk)
    {
        private TrunkPort? _from;
        private int _waiting;

        /// <summary>Datagrams that members have sent.</summary>
        public int Taken { get; private set; }

        public int Copies { get; private set; }

        public void Take(int offset, int length)
        {
            Span<byte> slab = turns._slab.Bytes;
            if (!trunk.TryOpen(slab.Slice(offset, length), out TrunkArrival arrival))
                return;
            offset += TrunkArrival.Offset;
            if (arrival.About is { } about)
            {
                Forward();
                turns._forwarder.ReadFeedback(arrival.Peer, about, slab, slab.Slice(offset, arrival.Length), turns._now);
                return;
            }

            if (arrival.From != _from || _waiting == BatchSize)
                Forward();
            _from = arrival.From;
            turns._batch[_waiting++] = new Datagram(offset, arrival.Length);
            Taken++;
        }

        public void Forward()
        {
            if (_waiting == 0)
                return;
            Copies += _waiting * _from!.Service.Routes.Entries.Length;
            turns._forwarder.Arrive(_from, turns._slab.Bytes, turns._batch.AsSpan(0, _waiting), turns._now);
            _waiting = 0;
            if (turns._outbox.HasOpen)
                turns._outbox.Flush();
        }
    }
}
