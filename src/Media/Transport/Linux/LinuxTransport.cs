using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Trunks;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>The Linux transport: loops, and a door for every number and family in use.</summary>
/// <remarks>Doors have a thread of their own: neither a crowd that joins at once nor strangers that flood a number hold up the
/// datagrams of those who are in.</remarks>
internal sealed class LinuxTransport : IMediaTransport
{
    // A number given up a moment ago may still be held by a system call another thread is in; that takes microseconds.
    private const int BindTries = 50;

    private readonly MediaOptions _options;
    private readonly TimeProvider _time;
    private readonly RoamingPorts _roaming;
    private readonly LinuxMediaLoop[] _loops;
    private readonly LinuxMediaLoop _doorkeeper;
    private readonly Dictionary<(int Number, AddressFamily Family), LinuxDoor> _doors = [];
    private readonly HashSet<LinuxPort> _ports = [];

    // Numbers whose last door was ours.
    private readonly HashSet<(int Number, AddressFamily Family)> _left = [];
    private readonly int _tombstone;
    private readonly List<SegmentedMessage> _messages = [];
    private readonly WebPortTable _browserPorts = new();
    private readonly WebGate? _gate;
    private readonly List<Action> _freeSealers = [];

    public LinuxTransport(MediaOptions options, TimeProvider time, ChannelWriter<MediaEvent> events, RoamingPorts roaming)
    {
        _options = options;
        _time = time;
        _roaming = roaming;
        Offload = options.Offload == OffloadMode.Auto ? OffloadProbe.Run() : MediaOffload.None("setting");
        _tombstone = LinuxSockets.OpenTombstone();
        LinuxTrunk[] trunks = options.Trunk is { } trunk ? OpenTrunks(trunk) : [];
        TrunkEnds = trunks;
        _loops = new LinuxMediaLoop[options.Loops];
        if (options.Web is { } web)
            _gate = OpenGate(web, events);
        for (int i = 0; i < _loops.Length; i++)
            _loops[i] = CreateLoop($"media-{i}", time, events, trunks.ElementAtOrDefault(i));
        _doorkeeper = CreateLoop("media-doors", time, events, trunk: null);
        Counters = [.. _loops.Append(_doorkeeper).Select(l => l.Counters), .. _gate is null ? (LoopCounters[])[] : [_gate.TcpCounters]];
        foreach (LinuxMediaLoop loop in _loops.Append(_doorkeeper))
            loop.Start();
        _gate?.Start();
        foreach (WebDoor door in _gate?.Doors ?? [])
            _doorkeeper.Post(new LoopCommand(LoopCommandKind.WatchWebDoor, WebDoor: door));
    }

    public int Loops => _loops.Length;

    public IReadOnlyList<LoopCounters> Counters { get; }

    public MediaOffload Offload { get; }

    public IEnumerable<LoopStatistics> ReadLoops() => _loops.Append(_doorkeeper).Select(l => l.Read());

    public TrunkTable? Trunks { get; private set; }

    public IReadOnlyList<TrunkEnd> TrunkEnds { get; }

    public IWebTransport? Web => _gate;

    public string WhyNoWeb { get; private set; } = "Browsers cannot join: Web:Port is off.";

    public ClientPort CreatePort(PortId id, RoomService service, AddressKey client, IPAddress address, int number) =>
        new LinuxPort(id, service, client, address, number, _loops[service.Loop]);

    public ListenOutcome Listen(ClientPort port, out string reason)
    {
        reason = "";
        IPAddress? address = ListenAddress.For(_options.Address, port.Address.AddressFamily);
        if (address is null)
        {
            reason = ListenAddress.WrongFamily(_options.Address);
            return ListenOutcome.Failed;
        }

        if (TryFindDoor(address, port.Number, out int refusal) is not { } door)
        {
            reason = $"UDP {address}:{port.Number}: {new Win32Exception(refusal).Message}";
            return refusal is LibC.EADDRINUSE or LibC.EACCES ? ListenOutcome.NumberRefused : ListenOutcome.Failed;
        }

        var opened = (LinuxPort)port;
        opened.Outlet = _loops[port.Loop];
        lock (door.Gate)
            door.Expect(opened);
        _ports.Add(opened);
        return ListenOutcome.Listening;
    }

    public void Move(ClientPort port) =>
        ((LinuxPort)port).Home.Post(new LoopCommand(LoopCommandKind.Relay, Port: (LinuxPort)port, Outlet: _loops[port.Loop]));

    public void Close(ClientPort port)
    {
        var closing = (LinuxPort)port;
        LinuxDoor door = closing.Door!;
        _ports.Remove(closing);
        lock (door.Gate)
        {
            closing.IsClosed = true;
            closing.Handle = -1;
            door.Dismiss(closing);
            Bury(closing.Home, closing.Socket);
            Bury(closing.Home, closing.Pending);
            if (closing.OtherDoor is { } other)
                other.Visitors--;
            BuryIfEmpty(door);
            BuryIfEmpty(closing.OtherDoor);
            // Under the lock: after an adoption of this port that its door has posted.
            closing.Home.Post(new LoopCommand(LoopCommandKind.ClosePort, Port: closing));
        }

        CloseIfEmpty(door, closing.Address.AddressFamily);
        CloseIfEmpty(closing.OtherDoor, Other(closing.Address.AddressFamily));
    }

    public void ListenInBothFamilies(ClientPort port)
    {
        if (port is not LinuxPort { OtherDoor: null } roaming
            || ListenAddress.For(_options.Address, Other(port.Address.AddressFamily)) is not { } address
            || TryFindDoor(address, port.Number, out _) is not { } door)
            return;
        roaming.OtherDoor = door;
        lock (door.Gate)
            door.Visitors++;
    }

    public void Forget(TrunkPort port) => _loops[port.Service.Loop].Post(new LoopCommand(LoopCommandKind.ForgetSources, Gone: port));

    public void Dispose()
    {
        foreach (LinuxPort port in _ports.ToArray())
            Close(port);
        _gate?.CloseAll();
        LinuxMediaLoop[] all = [.. _loops, _doorkeeper];
        foreach (LinuxMediaLoop loop in all)
            loop.Stop();
        foreach (LinuxMediaLoop loop in all)
            loop.Finish();
        // Before the loops' sockets, on which it sends.
        _gate?.Dispose();
        foreach (LinuxMediaLoop loop in all)
            loop.Dispose();
        foreach (Action free in _freeSealers)
            free();
        foreach (SegmentedMessage message in _messages)
            message.Dispose();
        _ = LibC.Close(_tombstone);
    }

    private static AddressFamily Other(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>The number's door for an address's family, opened where there is none yet.</summary>
    /// <param name="refusal">Why it could not be: errno.</param>
    private LinuxDoor? TryFindDoor(IPAddress address, int number, out int refusal)
    {
        refusal = 0;
        var key = (number, address.AddressFamily);
        if (_doors.TryGetValue(key, out LinuxDoor? door))
            return door;
        int fd = Bind(address, number, _left.Remove(key) ? BindTries : 1);
        if (fd < 0)
        {
            refusal = -fd;
            return null;
        }

        Lock gate = _doors.GetValueOrDefault((number, Other(address.AddressFamily)))?.Gate ?? new Lock();
        door = new LinuxDoor(number, fd, _doorkeeper, _time, _options.RelatchAfter, Offload.Coalescing.IsOn, _roaming, gate);
        _doors.Add(key, door);
        door.Loop.Post(new LoopCommand(LoopCommandKind.WatchDoor, Door: door));
        return door;
    }

    /// <summary>Under its lock.</summary>
    private void BuryIfEmpty(LinuxDoor? door)
    {
        if (door is { IsEmpty: true })
            Bury(door.Loop, door.Socket);
    }

    private void CloseIfEmpty(LinuxDoor? door, AddressFamily family)
    {
        if (door is not { IsEmpty: true })
            return;
        var key = (door.Number, family);
        _doors.Remove(key);
        _left.Add(key);
        door.Loop.Post(new LoopCommand(LoopCommandKind.CloseDoor, Door: door));
    }

    private LinuxTrunk[] OpenTrunks(TrunkOptions options)
    {
        var sockets = new int[_options.Loops];
        var endpoints = new IPEndPoint[sockets.Length];
        for (int i = 0; i < sockets.Length; i++)
        {
            int socket = LinuxSockets.OpenTrunk(options.Address, options.NumberOf(i), out endpoints[i]);
            if (-socket is LibC.EADDRINUSE or LibC.EACCES)
                socket = LinuxSockets.OpenTrunk(options.Address, 0, out endpoints[i]);
            if (socket < 0)
                CloseAll(sockets.AsSpan(0, i));
            if (socket < 0)
                throw new Win32Exception(-socket, $"UDP {endpoints[i]}, for what other nodes send: {new Win32Exception(-socket).Message}");
            if (Offload.Coalescing.IsOn)
                GroReceiver.Enable(socket);
            sockets[i] = socket;
        }

        Trunks = new TrunkTable([.. endpoints.Select(options.Tell)]);
        return [.. sockets.Select((socket, loop) => new LinuxTrunk(Trunks, loop, socket, CreateMessage()))];
    }

    private WebGate? OpenGate(WebOptions options, ChannelWriter<MediaEvent> events)
    {
        if (OpenSslLibrary.Missing is { } missing)
        {
            WhyNoWeb = missing;
            return null;
        }

        var context = new DtlsContext(DtlsCertificate.Make(_time.GetUtcNow()), SrtpProfile.All);
        var gate = new WebGate(_loops, context, _browserPorts, _time, events, Offload.Coalescing.IsOn, Bury);
        gate.Listen(_options.Address, options);
        return gate;
    }

    private static void CloseAll(ReadOnlySpan<int> sockets)
    {
        foreach (int socket in sockets)
            _ = LibC.Close(socket);
    }

    private LinuxMediaLoop CreateLoop(string name, TimeProvider time, ChannelWriter<MediaEvent> events, LinuxTrunk? trunk)
    {
        var slab = new ReceiveSlab();
        return Offload.Coalescing.IsOn
            ? CreateLoop(name, time, events, slab, new GroReceiver(slab), trunk)
            : CreateLoop(name, time, events, slab, new PlainReceiver(slab), trunk);
    }

    // The steps are type arguments, so that each pair is a loop of its own with direct calls.
    private LinuxMediaLoop CreateLoop<TReceiver>(
        string name, TimeProvider time, ChannelWriter<MediaEvent> events, ReceiveSlab slab, TReceiver receiver, LinuxTrunk? trunk)
        where TReceiver : struct, IBatchReceiver
    {
        if (CreateMessage() is not { } message)
            return CreateLoop(name, time, events, slab, receiver, start => new PlainSender(start), trunk);
        return CreateLoop(name, time, events, slab, receiver, start => new SegmentedSender(start, message), trunk);
    }

    private EpollLoop<TReceiver, SealingSender<TSender>> CreateLoop<TReceiver, TSender>(
        string name, TimeProvider time, ChannelWriter<MediaEvent> events, ReceiveSlab slab, TReceiver receiver, Func<nint, TSender> senderFrom, LinuxTrunk? trunk)
        where TReceiver : struct, IBatchReceiver
        where TSender : struct, IBatchSender
    {
        WebSealer<TSender>? sealer = _gate is null ? null : new WebSealer<TSender>(senderFrom, _browserPorts, time, events);
        if (sealer is not null)
            _freeSealers.Add(sealer.Free);
        return new EpollLoop<TReceiver, SealingSender<TSender>>(
            name, time, events, slab, receiver, start => new SealingSender<TSender>(senderFrom(start), start, sealer), trunk, _browserPorts, _gate);
    }

    private SegmentedMessage? CreateMessage()
    {
        if (!Offload.Segmentation.IsOn)
            return null;
        var message = new SegmentedMessage();
        _messages.Add(message);
        return message;
    }

    /// <summary>Ends the socket under a descriptor at once and leaves the descriptor to its loop, which may be about to use it.</summary>
    private void Bury(LinuxMediaLoop loop, int fd)
    {
        if (fd < 0)
            return;
        loop.Forget(fd);
        _ = LibC.Dup3(_tombstone, fd, LibC.O_CLOEXEC);
    }

    private static int Bind(IPAddress address, int number, int tries)
    {
        int fd = LinuxSockets.OpenWildcard(address, number);
        for (int tried = 1; fd == -LibC.EADDRINUSE && tried < tries; tried++)
        {
            Thread.Yield();
            fd = LinuxSockets.OpenWildcard(address, number);
        }

        return fd;
    }
}
