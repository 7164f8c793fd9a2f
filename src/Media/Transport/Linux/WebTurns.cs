using Conference.Media.Forwarding;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Transport.Linux;

/// <summary>What a loop does with a browser's readable socket: checks are answered, handshakes handed on, and what is sealed is opened, made the room's
/// and forwarded to the end.</summary>
internal sealed class WebTurns<TReceiver, TSender>(
    TimeProvider time, LoopCounters counters, ReceiveSlab slab, TReceiver receiver, Outbox outbox, Forwarder<RelayingSender<TSender>> forwarder, WebGate gate)
    where TReceiver : struct, IBatchReceiver
    where TSender : struct, IBatchSender
{
    private const int MessagesPerTurn = 16;

    private readonly Datagram[] _batch = new Datagram[IBatchSender.MostDatagrams];
    private readonly double _secondsPerTick = 1.0 / time.TimestampFrequency;

    public void Serve(WebPath path)
    {
        WebLink link = path.Link;
        long started = time.GetTimestamp();
        int received = receiver.Receive(path.Socket, MessagesPerTurn);
        if (received <= 0)
            return;
        outbox.Started = started;
        if (link.Agreement is { } agreement)
            link.Uplink.Adopt(agreement);
        long now = (long)(started * _secondsPerTick * 1e6);
        var turn = new Turn(this, path, now);
        for (int slot = 0; slot < received; slot++)
        {
            if (!IsPeer(path, slot))
            {
                // Caught between its bind and its connect: a browser sends its checks again.
                counters.Strays++;
                continue;
            }

            int left = slab.Length(slot);
            int segment = receiver.SegmentOf(slot);
            int offset = ReceiveSlab.Offset(slot);
            do
            {
                int length = Math.Min(segment, left);
                turn.Take(slot, offset, length);
                offset += length;
                left -= length;
            }
            while (left > 0);
        }

        turn.Forward();
        if (turn.Opened == 0)
            return;
        link.LastHeard = now;
        Report(link, now);
        counters.Delay.Observe((time.GetTimestamp() - started) * _secondsPerTick, turn.Opened);
    }

    /// <summary>Tells the browser what has come, and what has not.</summary>
    private void Report(WebLink link, long now)
    {
        if (link.Ports is not [var any, ..])
            return;
        while (link.Uplink.WriteFeedback(OwnDatagrams<RelayingSender<TSender>>.Scratch(slab.Bytes), link.Ssrc, now) is > 0 and int length)
            forwarder.SendOwn(any, slab.Bytes, length);
        if (outbox.HasOpen)
            outbox.Flush();
    }

    private unsafe bool IsPeer(WebPath path, int slot)
    {
        fixed (SocketName* peer = &path.Peer)
            return SocketName.Same(slab.Names + slot, peer);
    }

    /// <summary>Gathers what is for one port, as far as it comes in one piece.</summary>
    private ref struct Turn(WebTurns<TReceiver, TSender> turns, WebPath path, long now)
    {
        private readonly WebLink _link = path.Link;
        private WebPort? _to;
        private int _waiting;

        /// <summary>Authentic packets.</summary>
        public int Opened { get; private set; }

        public void Take(int slot, int offset, int length)
        {
            Span<byte> bytes = turns.Slab.Slice(offset, length);
            switch (length == 0 ? (byte)0xFF : bytes[0])
            {
                // RFC 7983.
                case <= 3:
                    if (!StunRequest.TryRead(bytes, out StunRequest check) || turns.Gate.Find(check.LocalUfrag) != _link
                        || !turns.Gate.Check(_link, check, path.Local, path.Peer))
                        turns.Counters.Drop(DropReason.Stranger);
                    break;
                case >= 20 and <= 63:
                    turns.Gate.Handshakes.Post(path, bytes);
                    break;
                case >= 128 and <= 191 when _link.Receiver is { } receiver:
                    if (RtpPacket.LooksLikeRtcp(bytes))
                        TakeRtcp(receiver, slot, bytes);
                    else
                        TakeRtp(receiver, offset, bytes);
                    break;
                default:
                    turns.Counters.Drop(DropReason.Stranger);
                    break;
            }
        }

        public void Forward()
        {
            if (_waiting == 0)
                return;
            turns.Forward(_to!, turns._batch.AsSpan(0, _waiting), now);
            _waiting = 0;
        }

        private void TakeRtp(SrtpReceiver receiver, int offset, Span<byte> bytes)
        {
            if (!IsOpened(receiver.Open(bytes, bytes, out int length)))
                return;
            if (_link.Uplink.Take(bytes[..length], now, out int start) is not { } stream || _link.PortOf(stream.Service) is not { } port)
                return;
            if (port != _to || _waiting == turns._batch.Length)
                Forward();
            _to = port;
            turns._batch[_waiting++] = new Datagram(offset + start, length - start);
        }

        private void TakeRtcp(SrtpReceiver receiver, int slot, Span<byte> bytes)
        {
            if (!IsOpened(receiver.OpenRtcp(bytes, bytes, out int length)))
                return;
            foreach (WebPort port in _link.Ports)
            {
                // What a slot's datagrams leave free: they may wait in the batch.
                int at = ReceiveSlab.SpareOffset(slot);
                int written = WebReports.ToRoom(
                    bytes[..length], port.Channel, port.Service.Name, _link.Downlink, _link.Uplink, _link.Ssrc, turns.Slab.Slice(at, WebReports.MaxBytes));
                if (written == 0)
                    continue;
                Forward();
                turns._batch[0] = new Datagram(at, written);
                turns.Forward(port, turns._batch.AsSpan(0, 1), now);
            }
        }

        private bool IsOpened(SrtpOutcome outcome)
        {
            switch (outcome)
            {
                case SrtpOutcome.Opened:
                    Opened++;
                    return true;
                case SrtpOutcome.Replayed:
                    turns.Counters.Drop(DropReason.Replayed);
                    return false;
                default:
                    turns.Counters.Drop(DropReason.Forged);
                    return false;
            }
        }
    }

    private Span<byte> Slab => slab.Bytes;

    private LoopCounters Counters => counters;

    private WebGate Gate => gate;

    private void Forward(WebPort port, Span<Datagram> batch, long now)
    {
        forwarder.Forward(port, slab.Bytes, batch, now);
        if (outbox.HasOpen)
            outbox.Flush();
    }
}
