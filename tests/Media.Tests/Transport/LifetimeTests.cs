using System.Net;
using System.Net.Sockets;
using Conference.Integration.Tests;
using Conference.Media.Tests.Support;
using Conference.Media.Transport;

namespace Conference.Media.Tests.Transport;

/// <summary>Opening, closing, and what is left afterwards.</summary>
[Collection(nameof(LifetimeTests))]
[CollectionDefinition(nameof(LifetimeTests), DisableParallelization = true)]
public sealed class LifetimeTests
{
    private static readonly ServiceName s_video = new("video");

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Closing_returns_numbers_and_descriptors(Carrier carrier)
    {
        using (new Room(carrier))
        {
            // Once, so that what the runtime keeps for itself is there before counting.
        }

        int before = Descriptors.Count();
        using (var room = new Room(carrier, ports: 8))
        {
            int idle = Descriptors.Count();
            Member[] members = [.. Enumerable.Range(1, 40).Select(i => room.Join($"127.0.3.{i}")), room.Join("::1")];
            Assert.Equal((41, 0), (room.Plane.Read().PortsInUse, room.Plane.Read().PortsFree));
            foreach (Member member in members)
                room.Leave(member);
            Assert.Equal((0, 8), (room.Plane.Read().PortsInUse, room.Plane.Read().PortsFree));
            Room.Until(() => Descriptors.Count() <= idle, "descriptors are back");
            Assert.Null(room.Plane.Read(members[0].Port));
        }

        Room.Until(() => Descriptors.Count() <= before, "descriptors are back after the plane has gone");
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Disposal_closes_what_is_still_open(Carrier carrier)
    {
        int before = Descriptors.Count();
        using (var room = new Room(carrier))
        {
            room.Join("127.0.0.1");
            room.Join("127.0.0.2", latch: false);
        }

        Room.Until(() => Descriptors.Count() <= before, "descriptors are back");
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_closed_port_neither_sends_nor_hears_and_its_number_serves_the_next(Carrier carrier)
    {
        using var room = new Room(carrier, ports: 1);
        Member alice = room.Join("127.0.0.1");
        for (int round = 0; round < 200; round++)
        {
            Member bob = room.Join("127.0.0.2");
            bob.Send("in");
            Assert.Equal("in", alice.ReceiveText());
            room.Plane.Close(bob.Port);
            alice.Send("gone");
            bob.Send("gone");
            int strangers = round + 1;
            Room.Until(() => room.Drops(DropReason.Stranger) == strangers, "it is a stranger now");
            room.Leave(bob);
        }

        Room.Until(() => alice.Statistics.DatagramsIn == 201, "all received");
        Assert.Equal(200, alice.Statistics.DatagramsOut);
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void One_address_may_have_as_many_ports_as_there_are_numbers_at_once_or_in_turn(Carrier carrier)
    {
        using var room = new Room(carrier, ports: 3);
        var request = new PortRequest(room.Id, s_video, IPAddress.Loopback);
        for (int round = 0; round < 100; round++)
        {
            PortOpening[] openings = [.. Enumerable.Range(0, 4).Select(_ => room.Plane.Open(request))];
            Assert.Equal(3, openings.OfType<PortOpening.Opened>().Select(o => o.Number).Distinct().Count());
            Assert.IsType<PortOpening.NoPortFree>(openings[3]);
            PortOpening neighbour = room.Plane.Open(request with { Client = IPAddress.Parse("127.0.0.2") });
            Assert.IsType<PortOpening.Opened>(neighbour);
            foreach (PortOpening.Opened opened in openings.Append(neighbour).OfType<PortOpening.Opened>())
                room.Plane.Close(opened.Port);
        }

        Assert.Equal(0, room.Plane.Read().NumbersAside);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_number_another_process_has_is_passed_over(Carrier carrier)
    {
        (int First, int Last) range = FreePorts.Take(2);
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // Even one that would share: two nodes on one host must not.
        taken.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        taken.Bind(new IPEndPoint(IPAddress.Any, range.First));
        using var room = new Room(carrier, with: o => o with { Ports = range });

        var request = new PortRequest(room.Id, s_video, IPAddress.Loopback);
        Assert.Equal(range.Last, Assert.IsType<PortOpening.Opened>(room.Plane.Open(request)).Number);
        Assert.Equal(1, room.Plane.Read().NumbersAside);
        Assert.IsType<PortOpening.Failed>(room.Plane.Open(request));
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Two_planes_never_share_a_number(Carrier carrier)
    {
        using var first = new Room(carrier, ports: 2);
        using var second = new Room(carrier, with: o => o with { Ports = first.Options.Ports });
        int one = first.Join("127.0.0.1").Number;
        int two = second.Join("127.0.0.1").Number;
        Assert.NotEqual(one, two);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_plane_at_a_specific_address_serves_that_family_only(Carrier carrier)
    {
        using var room = new Room(carrier, with: o => o with { Address = IPAddress.Parse("127.0.0.1") });
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        alice.Send("hi");
        Assert.Equal("hi", bob.ReceiveText());
        Assert.IsType<PortOpening.Failed>(room.Plane.Open(new PortRequest(room.Id, s_video, IPAddress.IPv6Loopback)));
        Assert.Equal(2, room.Plane.Read().PortsInUse);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void The_ipv6_wildcard_means_both_families(Carrier carrier)
    {
        using var room = new Room(carrier, with: o => o with { Address = IPAddress.IPv6Any });
        Member four = room.Join("127.0.0.1");
        Member six = room.Join("::1");
        six.Send("hi");
        Assert.Equal("hi", four.ReceiveText());
    }

    [Fact]
    public void Opening_and_closing_from_many_threads_while_media_flows_is_harmless()
    {
        using var room = new Room(Carrier.Linux, ports: 4);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        using var stop = new CancellationTokenSource();
        Thread[] threads =
        [
            .. Enumerable.Range(1, 4).Select(t => new Thread(() =>
            {
                using var socket = new UdpClientSocket($"127.0.4.{t}");
                while (!stop.IsCancellationRequested)
                {
                    var opened = (PortOpening.Opened)room.Plane.Open(new PortRequest(new RoomId($"room {(t % 2) + 1}"), s_video, socket.Address));
                    socket.Send("first"u8, opened.Number);
                    socket.Send("second"u8, opened.Number);
                    room.Plane.Close(opened.Port);
                }
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        for (int i = 0; i < 3000; i++)
        {
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
        }

        stop.Cancel();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(2, room.Plane.Read().PortsInUse);
    }

    [Fact]
    public void A_plane_that_has_stopped_opens_nothing_and_ignores_the_rest()
    {
        var room = new Room(Carrier.Linux);
        Member alice = room.Join("127.0.0.1");
        room.Dispose();
        Assert.IsType<PortOpening.Failed>(room.Plane.Open(new PortRequest(room.Id, s_video, IPAddress.Loopback)));
        room.Plane.Close(alice.Port);
        room.Plane.Apply(new MediaRoutes(room.Id, 99, []));
        room.Plane.Dispose();
    }
}
