using System.Collections.Immutable;
using System.Net;
using System.Text;
using Conference.Integration.Tests;
using Conference.Media.Transport;

namespace Conference.Media.Tests.Support;

/// <summary>A real plane with one room, and members with real sockets.</summary>
internal sealed class Room : IDisposable
{
    private readonly RoomId _room = new("room");
    private readonly List<Member> _members = [];
    private readonly List<MediaRoute> _web = [];
    private long _version;

    public Room(Carrier carrier, int ports = 16, TimeProvider? time = null, int loops = 2, Func<MediaOptions, MediaOptions>? with = null)
    {
        Options = new MediaOptions { Ports = FreePorts.Take(ports), Loops = loops, Offload = carrier.Offload() };
        Options = with?.Invoke(Options) ?? Options;
        Time = time ?? TimeProvider.System;
        Plane = new MediaPlane(Options, Time, carrier.Kind());
    }

    public MediaOptions Options { get; }

    public TimeProvider Time { get; }

    public MediaPlane Plane { get; }

    public RoomId Id => _room;

    public long Version => _version;

    public IReadOnlyList<Member> Members => _members;

    /// <summary>Who is in it on other nodes.</summary>
    public ImmutableArray<RemoteRoute> Remote { get; set; } = [];

    /// <summary>The first member's number.</summary>
    public int FirstParticipant { get; init; } = 1;

    /// <summary>Opens a port for a client at an address, and puts it into the routes.</summary>
    public Member Join(string address, string service = "video", bool latch = true, int receiveBuffer = 4 << 20)
    {
        IPAddress ip = IPAddress.Parse(address);
        PortOpening opening = Plane.Open(new PortRequest(_room, new ServiceName(service), ip));
        var opened = Assert.IsType<PortOpening.Opened>(opening);
        var member = new Member(this, opened, new UdpClientSocket(ip, receiveBuffer), FirstParticipant + _members.Count) { Service = new ServiceName(service) };
        _members.Add(member);
        Apply();
        if (latch)
            member.Latch();
        return member;
    }

    /// <summary>Opens a port that a browser's connection carries. Ports of one browser are one participant's.</summary>
    public PortId JoinWeb(WebId browser, ServiceName service)
    {
        var opened = Assert.IsType<PortOpening.Opened>(Plane.Open(new PortRequest(_room, service, IPAddress.None) { Web = browser }));
        _web.Add(new MediaRoute(opened.Port, new ParticipantId(1000 + (int)browser.Value), false, MediaPreferences.Default));
        Apply();
        return opened.Port;
    }

    /// <summary>Publishes the routes as the members now want them.</summary>
    public void Apply() =>
        Plane.Apply(new MediaRoutes(_room, ++_version, [.. _members.Where(m => m.IsRouted).Select(m => m.Route), .. _web]) { Remote = Remote });

    public void Leave(Member member)
    {
        _members.Remove(member);
        Plane.Close(member.Port);
        Apply();
        member.Dispose();
    }

    /// <summary>Waits, with a deadline, for what another thread is about to do.</summary>
    public static void Until(Func<bool> condition, string what)
    {
        long deadline = Environment.TickCount64 + 10_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, $"not in time: {what}");
            Thread.Yield();
        }
    }

    public long Drops(DropReason reason) => Plane.Read().Drops[(int)reason];

    public void Dispose()
    {
        foreach (Member member in _members)
            member.Dispose();
        Plane.Dispose();
    }
}

internal sealed class Member(Room room, PortOpening.Opened opened, UdpClientSocket socket, int participant) : IDisposable
{
    public PortId Port => opened.Port;

    public int Number => opened.Number;

    /// <summary>The loop the room lives on.</summary>
    public int Loop => opened.Loop;

    public ServiceName Service { get; init; }

    public UdpClientSocket Socket => socket;

    public ParticipantId Participant { get; init; } = new(participant);

    public bool Muted { get; set; }

    public bool IsRouted { get; set; } = true;

    public MediaSelection Selection { get; set; } = MediaSelection.All;

    public MediaRoute Route => new(Port, Participant, Muted, new MediaPreferences(Selection));

    public PortStatistics Statistics => room.Plane.Read(Port)!;

    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Send(ReadOnlySpan<byte> datagram) => socket.Send(datagram, Number);

    public byte[] Receive() => socket.Receive();

    public string ReceiveText() => Encoding.UTF8.GetString(socket.Receive());

    /// <summary>An empty datagram latches and goes to nobody.</summary>
    public void Latch()
    {
        Send([]);
        Room.Until(() => Statistics.IsLatched, "latched");
    }

    public void Dispose() => socket.Dispose();
}
