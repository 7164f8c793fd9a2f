using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport.Portable;

/// <summary>
/// The portable transport: one socket per number and family, sources told apart by address, everything over
/// System.Net.Sockets. One loop in all but name: readers are tasks, and a lock makes them take turns.
/// </summary>
/// <remarks>It does what the Linux transport does, except that a host with several addresses answers from the one its routing
/// picks, not from the one that was addressed.</remarks>
internal sealed class SocketTransport : IMediaTransport
{
    private const int MaxDatagram = 65535;

    // Numbers another process has, and on Windows those the system has reserved.
    private static readonly SocketError[] s_numberTaken = [SocketError.AddressAlreadyInUse, SocketError.AccessDenied];

    private readonly Lock _gate = new();
    private readonly MediaOptions _options;
    private readonly TimeProvider _time;
    private readonly ChannelWriter<MediaEvent> _events;
    private readonly Dictionary<(int Number, AddressFamily Family), SocketDoor> _doors = [];
    private readonly PeerTable _peers = new();
    private readonly byte[] _slab = GC.AllocateUninitializedArray<byte>(MaxDatagram + IBatchSender.ScratchBytes, pinned: true);
    private readonly Datagram[] _batch = new Datagram[1];
    private readonly LoopCounters _counters = new();
    private readonly Forwarder<SocketSender> _forwarder;
    private readonly SocketTrunk? _trunk;

    public SocketTransport(MediaOptions options, TimeProvider time, ChannelWriter<MediaEvent> events)
    {
        (_options, _time, _events) = (options, time, events);
        Counters = [_counters];
        if (options.Trunk is { } trunk)
        {
            Socket socket = SocketTrunk.Open(trunk);
            Trunks = new TrunkTable([trunk.Tell((IPEndPoint)socket.LocalEndPoint!)]);
            _trunk = new SocketTrunk(Trunks, socket);
        }

        TrunkEnds = _trunk is null ? [] : [_trunk];
        _forwarder = new Forwarder<SocketSender>(new SocketSender(_slab, _peers), _counters, events, _trunk);
        if (_trunk is not null)
            _ = ReadAsync(_trunk.Socket, TakeFromNode);
    }

    public int Loops => 1;

    public IReadOnlyList<LoopCounters> Counters { get; }

    public IEnumerable<LoopStatistics> ReadLoops() =>
        [new LoopStatistics("media-0", null, 0, _counters.Packets.Rented, _counters.Packets.Refused)];

    public MediaOffload Offload { get; } = MediaOffload.None("portable transport");

    public TrunkTable? Trunks { get; }

    public IReadOnlyList<TrunkEnd> TrunkEnds { get; }

    public IWebTransport? Web => null;

    public string WhyNoWeb => "Browsers cannot join: that needs Linux.";

    public ClientPort CreatePort(PortId id, RoomService service, AddressKey client, IPAddress address, int number) =>
        new SocketPort(id, service, client, address, number);

    public ListenOutcome Listen(ClientPort port, out string reason)
    {
        reason = "";
        IPAddress? address = ListenAddress.For(_options.Address, port.Address.AddressFamily);
        if (address is null)
        {
            reason = ListenAddress.WrongFamily(_options.Address);
            return ListenOutcome.Failed;
        }

        lock (_gate)
        {
            if (!_doors.TryGetValue((port.Number, address.AddressFamily), out SocketDoor? door))
            {
                try
                {
                    door = SocketDoor.Open(address, port.Number);
                }
                catch (SocketException error)
                {
                    reason = $"UDP {address}:{port.Number}: {error.Message}";
                    return s_numberTaken.Contains(error.SocketErrorCode) ? ListenOutcome.NumberRefused : ListenOutcome.Failed;
                }

                _doors.Add((port.Number, address.AddressFamily), door);
                SocketDoor opened = door;
                _ = ReadAsync(door.Socket, (from, bytes) => Take(opened, from, bytes));
            }

            var listening = (SocketPort)port;
            listening.Door = door;
            door.Conns.Add(port.Client, listening);
        }

        return ListenOutcome.Listening;
    }

    /// <summary>Nobody moves where there is one loop.</summary>
    public void Move(ClientPort port)
    {
    }

    public void Close(ClientPort port)
    {
        var closing = (SocketPort)port;
        lock (_gate)
        {
            SocketDoor door = closing.Door!;
            int handle = closing.Handle;
            closing.Handle = -1;
            if (handle >= 0)
                _peers.Remove(handle);
            closing.Service.Sources.Remove(closing.Sources);
            door.Conns.Remove(closing.Client);
            if (door.Conns.Count > 0)
                return;
            _doors.Remove((closing.Number, closing.Address.AddressFamily));
            door.Dispose();
        }
    }

    public void Forget(TrunkPort port)
    {
        lock (_gate)
            port.Service.Sources.Remove(port.Sources);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _trunk?.Dispose();
            foreach (SocketDoor door in _doors.Values)
                door.Dispose();
            _doors.Clear();
        }
    }

    private delegate void Taker(SocketAddress from, ReadOnlySpan<byte> bytes);

    private async Task ReadAsync(Socket socket, Taker take)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(MaxDatagram, pinned: true);
        var from = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            try
            {
                int length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from).ConfigureAwait(false);
                lock (_gate)
                    take(from, buffer.AsSpan(0, length));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.OperationAborted or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // What one datagram's refusal or one oversized datagram costs: that datagram.
            }
#pragma warning disable CA1031 // Everything: a bug here must not leave a number deaf in silence.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Environment.FailFast("The reader of a media socket died.", error);
            }
        }
    }

    private void Take(SocketDoor door, SocketAddress from, ReadOnlySpan<byte> bytes)
    {
        long started = _time.GetTimestamp();
        if (!door.Conns.TryGetValue(KeyOf(from), out SocketPort? port))
        {
            _counters.Drop(DropReason.Stranger);
            return;
        }

        if (port.Peer is null || !port.Peer.Equals(from))
        {
            if (port.Peer is not null && _time.GetElapsedTime(port.LastHeard, started) < _options.RelatchAfter)
            {
                _counters.Drop(DropReason.Stranger);
                return;
            }

            port.Peer = Copy(from);
            if (port.Handle < 0)
                port.Handle = _peers.Add(port);
            _events.TryWrite(new MediaEvent.Latched(port.Service.Room, port.Id));
        }

        port.LastHeard = started;
        bytes.CopyTo(_slab);
        _batch[0] = new Datagram(0, bytes.Length);
        _forwarder.Forward(port, _slab, _batch, Micros(started));
        _counters.Delay.Observe(_time.GetElapsedTime(started).TotalSeconds, 1);
    }

    private void TakeFromNode(SocketAddress from, ReadOnlySpan<byte> bytes)
    {
        long started = _time.GetTimestamp();
        bytes.CopyTo(_slab);
        if (!_trunk!.TryOpen(_slab.AsSpan(0, bytes.Length), out TrunkArrival arrival))
            return;
        if (arrival.About is { } about)
        {
            _forwarder.ReadFeedback(arrival.Peer, about, _slab, _slab.AsSpan(TrunkArrival.Offset, arrival.Length), Micros(started));
            return;
        }

        _batch[0] = new Datagram(TrunkArrival.Offset, arrival.Length);
        _forwarder.Arrive(arrival.From!, _slab, _batch, Micros(started));
        _counters.Delay.Observe(_time.GetElapsedTime(started).TotalSeconds, 1);
    }

    private long Micros(long timestamp) => (long)_time.GetElapsedTime(0, timestamp).TotalMicroseconds;

    private static SocketAddress Copy(SocketAddress from)
    {
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    // sockaddr_in has its address at 4, sockaddr_in6 at 8, on every system .NET runs on.
    private static AddressKey KeyOf(SocketAddress from) => from.Family == AddressFamily.InterNetwork
        ? AddressKey.FromV4(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(from.Buffer.Span[4..]))
        : AddressKey.FromV6(from.Buffer.Span.Slice(8, 16));
}
