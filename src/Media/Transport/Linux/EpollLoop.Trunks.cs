using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport.Linux;

/// <summary>What other nodes send.</summary>
internal sealed partial class EpollLoop<TReceiver, TSender>
{
    /// <summary>One bounded turn, as a port gets it; what comes here is for many rooms.</summary>
    private void Serve(LinuxTrunk trunk)
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
            Counters.Delay.Observe((_time.GetTimestamp() - started) * _secondsPerTick, turn.Taken);
    }

    /// <summary>Gathers what comes from one port, as far as it comes in one piece.</summary>
    private ref struct TrunkTurn(EpollLoop<TReceiver, TSender> loop, LinuxTrunk trunk)
    {
        private TrunkPort? _from;
        private int _waiting;

        /// <summary>Datagrams that members have sent.</summary>
        public int Taken { get; private set; }

        public int Copies { get; private set; }

        public void Take(int offset, int length)
        {
            Span<byte> slab = loop._slab.Bytes;
            if (!trunk.TryOpen(slab.Slice(offset, length), out TrunkArrival arrival))
                return;
            offset += TrunkArrival.Offset;
            if (arrival.About is { } about)
            {
                Forward();
                loop._forwarder.Hear(arrival.Peer, about, slab, slab.Slice(offset, arrival.Length), loop._now);
                return;
            }

            if (arrival.From != _from || _waiting == BatchSize)
                Forward();
            _from = arrival.From;
            loop._batch[_waiting++] = new Datagram(offset, arrival.Length);
            Taken++;
        }

        public void Forward()
        {
            if (_waiting == 0)
                return;
            Copies += _waiting * _from!.Service.Routes.Entries.Length;
            loop._forwarder.Arrive(_from, loop._slab.Bytes, loop._batch.AsSpan(0, _waiting), loop._now);
            _waiting = 0;
            if (loop._outbox.HasOpen)
                loop._outbox.Flush();
        }
    }
}
