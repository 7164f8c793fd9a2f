using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Selection;

/// <summary>A clock that a test moves, in microseconds.</summary>
internal sealed class VirtualClock
{
    public long Now { get; set; } = 1_000_000;
}

/// <summary>A room on one loop in virtual time: no sockets, one clock that the test moves.</summary>
internal sealed class SelectionRoom
{
    private const int SlotBytes = 70_000;

    private readonly VirtualClock _clock;
    private readonly TrunkTable? _trunks;
    private readonly TrunkEnd? _end;
    private readonly RoomTable _rooms;
    private readonly Dictionary<PortId, ClientPort> _ports = [];
    private readonly List<SimulatedMember> _members = [];
    private readonly byte[] _slab = new byte[(2 * SlotBytes) + IBatchSender.ScratchBytes];
    private readonly Channel<MediaEvent> _events = Channel.CreateUnbounded<MediaEvent>();
    private readonly Forwarder<Wire> _forwarder;
    private long _version;
    private long _lastPort;

    public SelectionRoom(VirtualClock? clock = null, TrunkTable? trunks = null, TrunkEnd? end = null)
    {
        (_clock, _trunks, _end) = (clock ?? new VirtualClock(), trunks, end);
        _rooms = new RoomTable(1, int.MaxValue, new Random(1), trunks);
        _forwarder = new Forwarder<Wire>(new Wire(_slab, this), Counters, _events.Writer, end);
    }

    public LoopCounters Counters { get; } = new();

    /// <summary>Microseconds.</summary>
    public long Now
    {
        get => _clock.Now;
        set => _clock.Now = value;
    }

    public IReadOnlyList<SimulatedMember> Members => _members;

    /// <summary>Who is in it on other nodes.</summary>
    public ImmutableArray<RemoteRoute> Remote { get; set; } = [];

    /// <summary>The first member's number.</summary>
    public int FirstParticipant { get; init; } = 1;

    /// <summary>Called when a member's datagrams have been forwarded.</summary>
    public Action? AfterForward { get; init; }

    /// <summary>The bytes of a slab after a batch must be those before, but for what inspection itself rewrote.</summary>
    public bool CheckSlab { get; set; } = true;

    public SimulatedMember Join(string service = "video", MediaPreferences? wants = null, params (uint Ssrc, int Kilobits)[] layers)
    {
        var id = new PortId(++_lastPort);
        var port = new Port(id, _rooms.Join(new RoomId("room"), new ServiceName(service), out _));
        _ports.Add(id, port);
        _trunks?.Locals.TryAdd(TrunkDatagram.LabelOf(id), port);
        var member = new SimulatedMember(this, port, new ParticipantId(FirstParticipant + _members.Count)) { Wants = wants ?? MediaPreferences.Default };
        member.Layers = [.. layers.Select(l => new SimulcastLayer(new Ssrc(l.Ssrc), l.Kilobits))];
        _members.Add(member);
        Apply();
        port.Handle = _members.Count - 1;
        return member;
    }

    public void Apply() => Forget(_rooms.Apply(
        new MediaRoutes(new RoomId("room"), ++_version, [.. _members.Select(m => m.Route)]) { Remote = Remote }, _ports));

    public void Leave(SimulatedMember member)
    {
        member.Port.Handle = -1;
        member.Port.Service.Sources.Remove(member.Port.Sources);
        _ports.Remove(member.Port.Id);
        _trunks?.Locals.TryRemove(TrunkDatagram.LabelOf(member.Port.Id), out _);
        member.IsGone = true;
        Forget(_rooms.Leave(member.Port.Service, loop: 0));
        Apply();
    }

    /// <summary>A datagram has come by a trunk.</summary>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        datagram.CopyTo(_slab);
        if (!_end!.TryOpen(_slab.AsSpan(0, datagram.Length), out TrunkArrival arrival))
            return;
        if (arrival.About is { } about)
            _forwarder.ReadFeedback(arrival.Peer, about, _slab, _slab.AsSpan(TrunkArrival.Offset, arrival.Length), Now);
        else
            _forwarder.Arrive(arrival.From!, _slab, [new(TrunkArrival.Offset, arrival.Length)], Now);
    }

    private static void Forget(List<TrunkPort> gone)
    {
        foreach (TrunkPort port in gone)
            port.Service.Sources.Remove(port.Sources);
    }

    public void Advance(double milliseconds) => Now += (long)(milliseconds * 1000);

    public IEnumerable<MediaEvent> Events()
    {
        while (_events.Reader.TryRead(out MediaEvent? happened))
            yield return happened;
    }

    internal void Forward(ClientPort from, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_slab);
        var batch = new Datagram[] { new(0, bytes.Length) };
        _forwarder.Forward(from, _slab, batch, Now);
        AfterForward?.Invoke();
    }

    /// <summary>Sends packets over and over, with numbers that go on, and tells what was allocated by it.</summary>
    public long AllocatedBy(SimulatedMember from, byte[] packet, int times) =>
        Allocated(packet, times, (quiet, batch) => quiet.Forward(from.Port, _slab, batch, Now));

    /// <summary>Lets packets of a port on another node arrive over and over, and tells what was allocated by it.</summary>
    public long AllocatedByArrival(TrunkPort from, byte[] packet, int times) =>
        Allocated(packet, times, (quiet, batch) => quiet.Arrive(from, _slab, batch, Now));

    // What packets cost they cost every time; what happens once in a while is not theirs.
    private long Allocated(byte[] packet, int times, Action<Forwarder<Silent>, Datagram[]> pass)
    {
        var quiet = new Forwarder<Silent>(default, Counters, trunks: _end);
        var batch = new Datagram[1];
        ushort sequence = 1;
        Pass(1000);
        return Enumerable.Range(0, 3).Select(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Pass(times);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).Min();

        void Pass(int count)
        {
            for (int i = 0; i < count; i++)
            {
                packet.CopyTo(_slab, 0);
                BinaryPrimitives.WriteUInt16BigEndian(_slab.AsSpan(2), sequence++);
                BinaryPrimitives.WriteUInt32BigEndian(_slab.AsSpan(4), (uint)(sequence * 3000));
                batch[0] = new Datagram(0, packet.Length);
                Advance(33);
                pass(quiet, batch);
            }
        }
    }

    private readonly struct Silent : IBatchSender
    {
        public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) => tally.Datagrams += batch.Length;

        public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) => tally.Datagrams += batch.Length;
    }

    internal void Forward(ClientPort from, IReadOnlyList<byte[]> datagrams)
    {
        const int slot = 2000;
        for (int begin = 0; begin < datagrams.Count; begin += 32)
        {
            var batch = datagrams.Skip(begin).Take(32).Select((bytes, i) =>
            {
                bytes.CopyTo(_slab, i * slot);
                return new Datagram(i * slot, bytes.Length);
            }).ToArray();
            _forwarder.Forward(from, _slab, batch, Now);
        }

        AfterForward?.Invoke();
    }

    private readonly struct Wire(byte[] slab, SelectionRoom room) : IBatchSender
    {
        public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
        {
            foreach (ref readonly Datagram datagram in batch)
            {
                room._members[handle].Take(datagram.In(slab).ToArray());
                tally.Datagrams++;
                tally.Bytes += datagram.Length;
            }
        }

        public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
            Send(handle, batch, counters, ref tally);
    }

    private sealed class Port(PortId id, RoomService service)
        : ClientPort(id, service, AddressKey.From(IPAddress.Loopback), IPAddress.Loopback, 1);
}

/// <summary>One port and what it was sent.</summary>
internal sealed class SimulatedMember(SelectionRoom room, ClientPort port, ParticipantId participant)
{
    public ClientPort Port => port;

    public ParticipantId Participant { get; private set; } = participant;

    public MediaPreferences Wants { get; set; } = MediaPreferences.Default;

    public ImmutableArray<SimulcastLayer> Layers { get; set; } = [];

    public bool Muted { get; set; }

    public bool IsGone { get; set; }

    public MediaRoute Route => new(port.Id, Participant, Muted, Wants) { Layers = Layers };

    /// <summary>Every datagram, in order.</summary>
    public List<byte[]> Received { get; } = [];

    /// <summary>Called with every datagram.</summary>
    public Action<byte[]>? OnReceived { get; set; }

    public IEnumerable<byte[]> Rtp => Received.Where(p => p.Length >= 12 && p[1] is < 192 or > 223);

    public IEnumerable<byte[]> Rtcp => Received.Where(p => p.Length >= 8 && p[1] is >= 192 and <= 223);

    /// <summary>Requests for a keyframe, by the SSRC they name.</summary>
    public IEnumerable<uint> KeyframeRequests => Rtcp.Where(p => p.Length == 20 && p[8] == 0x81 && p[9] == 206).Select(p => BinaryPrimitives.ReadUInt32BigEndian(p.AsSpan(16)));

    /// <summary>The same participant with another port.</summary>
    public SimulatedMember As(SimulatedMember other)
    {
        Participant = other.Participant;
        room.Apply();
        return this;
    }

    public void Want(MediaPreferences wants)
    {
        Wants = wants;
        room.Apply();
    }

    public void Send(byte[] datagram) => room.Forward(port, datagram);

    public void Send(IReadOnlyList<byte[]> datagrams) => room.Forward(port, datagrams);

    internal void Take(byte[] datagram)
    {
        Received.Add(datagram);
        OnReceived?.Invoke(datagram);
    }
}
