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
    private readonly RoamingPorts _roaming;
    private readonly Dictionary<(int Number, AddressFamily Family), SocketDoor> _doors = [];
    private readonly PeerTable _peers = new();
    private readonly byte[] _slab = GC.AllocateUninitializedArray<byte>(MaxDatagram + IBatchSender.ScratchBytes, pinned: true);
    private readonly Datagram[] _batch = new Datagram[1];
    private readonly LoopCounters _counters = new();
    private readonly Forwarder<SocketSender> _forwarder;
    private readonly SocketTrunk? _trunk;

    public SocketTransport(MediaOptions options, TimeProvider time, ChannelWriter<MediaEvent> events, RoamingPorts roaming)
    {
        (_options, _time, _events, _roaming) = (options, time, events, roaming);
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
            if (TryFindDoor(address, port.Number, out SocketException? refusal) is not { } door)
            {
                reason = $"UDP {address}:{port.Number}: {refusal!.Message}";
                return s_numberTaken.Contains(refusal.SocketErrorCode) ? ListenOutcome.NumberRefused : ListenOutcome.Failed;
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
            if (closing.Peer is { } peer)
                closing.Entrance!.Roamed.Remove(peer);
            CloseIfEmpty(door, closing.Address.AddressFamily);
            if (closing.OtherDoor is not { } other)
                return;
            other.Visitors--;
            CloseIfEmpty(other, Other(closing.Address.AddressFamily));
        }
    }

    public void ListenInBothFamilies(ClientPort port)
    {
        lock (_gate)
        {
            if (port is not SocketPort { OtherDoor: null } roaming
                || ListenAddress.For(_options.Address, Other(port.Address.AddressFamily)) is not { } address
                || TryFindDoor(address, port.Number, out _) is not { } door)
                return;
            roaming.OtherDoor = door;
            door.Visitors++;
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

    private static AddressFamily Other(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>The number's door for an address's family, opened where there is none yet. Under the lock.</summary>
    /// <param name="refusal">Why it could not be.</param>
    private SocketDoor? TryFindDoor(IPAddress address, int number, out SocketException? refusal)
    {
        refusal = null;
        if (_doors.TryGetValue((number, address.AddressFamily), out SocketDoor? door))
            return door;
        try
        {
            door = SocketDoor.Open(address, number);
        }
        catch (SocketException error)
        {
            refusal = error;
            return null;
        }

        _doors.Add((number, address.AddressFamily), door);
        _ = ReadAsync(door.Socket, (from, bytes) => Take(door, from, bytes));
        return door;
    }

    /// <summary>Under the lock.</summary>
    private void CloseIfEmpty(SocketDoor door, AddressFamily family)
    {
        if (!door.IsEmpty)
            return;
        _doors.Remove((door.Number, family));
        door.Dispose();
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
        var shownTo = _roaming.Find(bytes, door.Number) as SocketPort;
        AddressKey address = SocketDoor.KeyOf(from);
        SocketPort? port = shownTo ?? door.Roamed.GetValueOrDefault(from) ?? door.Conns.GetValueOrDefault(address);
        if (port is null)
        {
            _counters.Drop(DropReason.Stranger);
            return;
        }

        if (port.Peer is null || !port.Peer.Equals(from))
        {
            bool isWelcome = shownTo is not null
                ? _roaming.TryTake(port, RoamToken.Read(bytes), address)
                : port.Peer is null || _time.GetElapsedTime(port.LastHeard, started) >= _options.RelatchAfter;
            if (!isWelcome)
            {
                _counters.Drop(DropReason.Stranger);
                return;
            }

            Latch(door, port, Copy(from), address);
        }

        port.LastHeard = started;
        bytes.CopyTo(_slab);
        _batch[0] = new Datagram(0, bytes.Length);
        _forwarder.Forward(port, _slab, _batch, Micros(started));
        _counters.Delay.Observe(_time.GetElapsedTime(started).TotalSeconds, 1);
    }

    private void Latch(SocketDoor door, SocketPort port, SocketAddress peer, AddressKey address)
    {
        if (port.Peer is { } before)
            port.Entrance!.Roamed.Remove(before);
        port.Peer = peer;
        port.Entrance = door;
        if (door.Conns.GetValueOrDefault(address) != port)
            door.Roamed[peer] = port;
        // Set again too: who moved has missed something, and needs keyframes.
        port.Handle = port.Handle < 0 ? _peers.Add(port) : port.Handle;
        _events.TryWrite(new MediaEvent.Latched(port.Service.Room, port.Id));
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
}
