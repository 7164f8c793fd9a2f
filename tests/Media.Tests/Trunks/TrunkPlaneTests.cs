using System.Net;
using System.Net.Sockets;
using Conference.Integration.Tests;
using Conference.Media.Tests.Support;
using Conference.Media.Tests.Transport;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>Real planes that send each other a room's media over real sockets.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class TrunkPlaneTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Everyone_hears_everyone_once_and_one_copy_goes_to_each_node(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier, nodes: 3);
        Member[] members = [.. Enumerable.Range(0, 30).Select(i => cluster.Join(i % 3, $"127.0.0.{i + 1}"))];
        foreach (Member sender in members)
        {
            sender.Send($"from {sender.Participant.Value}");
            foreach (Member receiver in members.Where(m => m != sender))
                Assert.Equal($"from {sender.Participant.Value}", receiver.ReceiveText());
        }

        Assert.All(members, m => Assert.Empty(m.Socket.Drain()));
        long bytes = members.Sum(m => 2L * ($"from {m.Participant.Value}".Length + TrunkDatagram.Overhead));
        Assert.Equal(30 * 2, cluster.Nodes.Sum(n => n.Trunks.DatagramsOut));
        Assert.Equal(30 * 2, cluster.Nodes.Sum(n => n.Trunks.DatagramsIn));
        Assert.Equal(bytes, cluster.Nodes.Sum(n => n.Trunks.BytesOut));
        Assert.Equal(bytes, cluster.Nodes.Sum(n => n.Trunks.BytesIn));
        Assert.All(cluster.Nodes, n => Assert.Equal(0, n.Trunks.Drops.Sum()));
    }

    [Fact]
    public void Transports_of_every_kind_understand_each_other()
    {
        using var cluster = new PlaneCluster([Carrier.Linux, Carrier.LinuxPlain, Carrier.Portable]);
        Member[] members = [.. Enumerable.Range(0, 6).Select(i => cluster.Join(i % 3, $"127.0.0.{i + 1}"))];
        foreach (Member sender in members)
        {
            sender.Socket.SendSegments(new byte[2100], 1000, sender.Number);
            foreach (Member receiver in members.Where(m => m != sender))
                Assert.Equal([1000, 1000, 100], Enumerable.Range(0, 3).Select(_ => receiver.Receive().Length));
        }
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Datagrams_of_every_size_that_fits_pass_byte_for_byte_and_the_others_are_counted(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier);
        Member sender = cluster.Join(0, "127.0.0.1");
        Member receiver = cluster.Join(1, "127.0.0.2");
        var random = new Random(1);
        int most = TrunkDatagram.MaxBytes - TrunkDatagram.Overhead;
        int[] sizes = [.. Enumerable.Range(1, 64), 159, 160, 1199, 1200, 1449, 1450, 1472, 1473, 8191, 9000, 32768, most - 1, most];
        foreach (int size in sizes)
        {
            byte[] datagram = new byte[size];
            random.NextBytes(datagram);
            sender.Send(datagram);
            Assert.Equal(datagram, receiver.Receive());
        }

        sender.Send(new byte[most + 1]);
        sender.Send(new byte[65507]);
        Room.Until(() => cluster[0].Drops(TrunkDropReason.TooLarge) == 2, "counted");
        Assert.Empty(receiver.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Bursts_of_any_sizes_pass_in_order(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier);
        Member sender = cluster.Join(0, "127.0.0.1");
        Member receiver = cluster.Join(1, "127.0.0.2");
        var random = new Random(2);
        for (int round = 0; round < 100; round++)
        {
            int size = random.Next(1, 1473);
            byte[] burst = new byte[Math.Min(65507, (size * random.Next(1, 30)) + random.Next(size))];
            random.NextBytes(burst);
            sender.Socket.SendSegments(burst, size, sender.Number);
            for (int at = 0; at < burst.Length; at += size)
                Assert.Equal(burst[at..Math.Min(burst.Length, at + size)], receiver.Receive());
        }

        Assert.Empty(receiver.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    public void Rooms_on_any_pair_of_loops_find_each_other(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier, loops: 3);
        // Other rooms first, so that the room lives on another loop at each node.
        for (int i = 0; i < 2; i++)
            cluster[1].Plane.Open(new PortRequest(new RoomId($"other {i}"), new ServiceName("video"), IPAddress.Parse("127.0.0.9")));
        Member alice = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        Assert.NotEqual(alice.Loop, bob.Loop);
        for (int i = 0; i < 100; i++)
        {
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
            bob.Send($"{i}");
            Assert.Equal($"{i}", alice.ReceiveText());
        }

        // Sent to where the room does not live: another loop cannot read it, and nobody is harmed.
        RemoteRoute wrong = cluster[1].RouteOf(bob) with { Loop = alice.Loop };
        cluster[0].Room.Remote = [wrong];
        cluster[0].Room.Apply();
        alice.Send("astray");
        Room.Until(() => cluster[1].Drops(TrunkDropReason.NoRoute) == 1, "counted");
        cluster[0].Room.Remote = [wrong with { Loop = 17 }];
        cluster[0].Room.Apply();
        alice.Send("nowhere");
        Room.Until(() => cluster[0].Drops(TrunkDropReason.NoTrunk) == 1, "counted");
        Assert.Empty(bob.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    public void Large_rooms_that_all_loops_carry_span_nodes_too(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier, with: o => o with { SpreadRoomsAbove = 4 });
        Member[] members = [.. Enumerable.Range(0, 24).Select(i => cluster.Join(i % 2, $"127.0.0.{i + 1}"))];
        for (int n = 0; n < 20; n++)
        {
            foreach (Member sender in members)
                sender.Send($"{sender.Participant.Value} {n}");
        }

        foreach (Member receiver in members)
        {
            var heard = new Dictionary<string, int>();
            for (int i = 0; i < 23 * 20; i++)
            {
                string[] words = receiver.ReceiveText().Split(' ');
                Assert.Equal(heard.GetValueOrDefault(words[0]), int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
                heard[words[0]] = heard.GetValueOrDefault(words[0]) + 1;
            }

            Assert.Equal(23, heard.Count);
        }

        Assert.All(members, m => Assert.Empty(m.Socket.Drain()));
        Assert.Equal(24 * 20, cluster.Nodes.Sum(n => n.Trunks.DatagramsIn));
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void New_keys_under_traffic_lose_nothing(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier);
        Member alice = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        const int count = 20_000;
        var flow = new Thread(() =>
        {
            for (int i = 0; i < count; i++)
            {
                alice.Send($"{i}");
                // As fast as it is read: what is tested is not a socket's buffer.
                while (i - Volatile.Read(ref _received) > 100)
                    Thread.Yield();
            }
        });
        flow.Start();
        for (int i = 0; i < count; i++)
        {
            Assert.Equal($"{i}", bob.ReceiveText());
            Volatile.Write(ref _received, i);
            if (i % 200 == 0)
                cluster.Introduce();
        }

        flow.Join();
        Assert.All(cluster.Nodes, n => Assert.Equal(0, n.Trunks.Drops.Sum()));
    }

    private int _received;

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.Portable)]
    public void A_node_that_comes_back_is_another_one_and_the_room_goes_on(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier);
        Member alice = cluster.Join(0, "127.0.0.1");
        Member near = cluster.Join(0, "127.0.0.3");
        Member bob = cluster.Join(1, "127.0.0.2");
        alice.Send("before");
        Assert.Equal("before", bob.ReceiveText());
        near.ReceiveText();
        cluster.Kill(cluster[1]);
        alice.Send("meanwhile");
        Assert.Equal("meanwhile", near.ReceiveText());
        Assert.Empty(cluster[0].Trunks.Peers);

        cluster.Start(carrier);
        cluster.Introduce();
        bob = cluster.Join(1, "127.0.0.2");
        alice.Send("after");
        Assert.Equal("after", bob.ReceiveText());
        Assert.Equal("after", near.ReceiveText());
        bob.Send("here again");
        Assert.Equal("here again", alice.ReceiveText());
        Assert.True(Assert.Single(cluster[0].Trunks.Peers).IsOpen);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Strangers_are_counted_and_change_nothing(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier, loops: 1);
        Member alice = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        IPEndPoint trunk = Assert.Single(cluster[1].Endpoints);
        ushort index = cluster[1].OfferTo(cluster[0]).Index;
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var random = new Random(3);
        TrunkStatistics before = cluster[1].Trunks;
        const int count = 500;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = new byte[random.Next(0, 1500)];
            random.NextBytes(bytes);
            if (bytes.Length > 2 && i % 2 == 0)
                (bytes[0], bytes[1]) = ((byte)(index >> 8), (byte)index);
            stranger.SendTo(bytes, trunk);
        }

        Room.Until(() => cluster[1].Trunks.Drops.Sum() == count, "counted");
        Assert.Equal((before.DatagramsIn, before.BytesIn), (cluster[1].Trunks.DatagramsIn, cluster[1].Trunks.BytesIn));
        Assert.True(cluster[1].Drops(TrunkDropReason.Forged) > 200);
        Assert.True(cluster[1].Drops(TrunkDropReason.Malformed) + cluster[1].Drops(TrunkDropReason.UnknownPeer) > 200);
        alice.Send("as before");
        Assert.Equal("as before", bob.ReceiveText());
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.Portable)]
    public void What_somebody_has_recorded_and_sends_again_is_counted_and_goes_nowhere(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier, loops: 1);
        Member alice = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        IPEndPoint trunk = Assert.Single(cluster[1].Endpoints);
        using var between = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        between.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TrunkOffer offer = cluster[1].Plane.OfferTrunk(cluster[0].Id)!;
        Assert.True(cluster[0].Plane.OpenTrunk(cluster[1].Id, offer with { Endpoints = [(IPEndPoint)between.LocalEndPoint!] }));

        byte[] recorded = new byte[2000];
        for (int i = 0; i < 50; i++)
        {
            alice.Send($"{i}");
            int length = between.Receive(recorded);
            for (int again = 0; again < 3; again++)
                between.SendTo(recorded.AsSpan(0, length), trunk);
            Assert.Equal($"{i}", bob.ReceiveText());
        }

        Room.Until(() => cluster[1].Drops(TrunkDropReason.Replayed) == 100, "counted");
        Assert.Empty(bob.Socket.Drain());
        // And to a peer that has been closed it is a stranger's.
        cluster[1].Plane.CloseTrunk(cluster[0].Id);
        between.SendTo(recorded.AsSpan(0, 2 + TrunkDatagram.Overhead), trunk);
        Room.Until(() => cluster[1].Drops(TrunkDropReason.UnknownPeer) == 1, "counted");
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_keyframe_request_and_a_nack_cross_to_the_senders_node_and_back(Carrier carrier)
    {
        using var cluster = new PlaneCluster(carrier);
        Member alice = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        var source = new Selection.Vp8Source(1111) { PacketsPerFrame = 1 };
        void Frame()
        {
            alice.Send(source.Next()[0]);
            bob.Receive();
        }

        for (int i = 0; i < 10; i++)
            Frame();
        bob.Send(Packets.Pli(9, 1111));
        byte[] request = alice.Receive();
        Assert.Equal((206, 1111u), (request[9], Packets.Word(request, 4)));

        // The node of the sender keeps packets from now on; the other one has just begun, and has to ask for those before.
        Frame();
        byte[] packet = source.Next()[0];
        cluster[1].Room.Remote = [];
        cluster[1].Room.Apply();
        alice.Send(packet);
        Room.Until(() => cluster[1].Drops(TrunkDropReason.NoRoute) == 1, "lost");
        cluster.Apply();
        for (int i = 0; i < 3; i++)
            Frame();
        bob.Send(Packets.Rtcp(205, 1, 9, 1111, (uint)((packet[2] << 8) | packet[3]) << 16));
        Assert.Equal(packet, bob.Receive());
        Room.Until(() => cluster[0].Plane.Read().NacksAnswered == 1, "counted");
    }

    [Fact]
    public void What_a_member_can_have_and_has_takes_senders_on_other_nodes_into_account()
    {
        using var cluster = new PlaneCluster(Carrier.Linux);
        Member opaque = cluster.Join(0, "127.0.0.3");
        Member camera = cluster.Join(0, "127.0.0.1");
        Member bob = cluster.Join(1, "127.0.0.2");
        for (int i = 0; i < 70; i++)
        {
            opaque.Send("no frames that anybody knows");
            bob.Receive();
        }

        Assert.False(cluster[1].Plane.CanThin(bob.Port, 5));
        var source = new Selection.Vp8Source(1111) { PacketsPerFrame = 1 };
        for (int i = 0; i < 70; i++)
        {
            camera.Send(source.Next()[0]);
            bob.Receive();
        }

        Room.Until(() => cluster[1].Plane.ReadRate(bob.Port) is > 29 and < 31, "measured");
        // A picture that can be thinned, whatever else there is.
        Assert.True(cluster[1].Plane.CanThin(bob.Port, 5));
    }

    [Fact]
    public void A_plane_without_trunks_offers_none_and_ignores_who_is_elsewhere()
    {
        using var room = new Room(Carrier.Linux);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var peer = new PeerId(Guid.NewGuid());
        Assert.Null(room.Plane.OfferTrunk(peer));
        Assert.False(room.Plane.OpenTrunk(peer, new TrunkOffer(1, [.. new byte[32]], [new IPEndPoint(IPAddress.Loopback, 9)])));
        room.Plane.CloseTrunk(peer);
        room.Remote = [new RemoteRoute(peer, new PortId(1), 0, new ServiceName("video"), new ParticipantId(9))];
        room.Apply();
        alice.Send("hello");
        Assert.Equal("hello", bob.ReceiveText());
        Assert.Equal(0, room.Plane.Read().Trunks.Drops.Sum());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.Portable)]
    public void Trunks_have_the_numbers_that_were_asked_for_where_they_are_free_and_any_others_where_not(Carrier carrier)
    {
        int first = FreePorts.Take(4).First;
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.9.9"), first + 1));
        using var room = new Room(carrier, loops: 3, with: o => o with
        {
            Trunk = new TrunkOptions(IPAddress.Parse("127.0.9.9"), first) { Advertise = IPAddress.Parse("192.0.2.7") },
        });
        IPEndPoint[] told = [.. room.Plane.OfferTrunk(new PeerId(Guid.NewGuid()))!.Endpoints];
        Assert.All(told, e => Assert.Equal("192.0.2.7", e.Address.ToString()));
        Assert.Equal(first, told[0].Port);
        Assert.Equal(told.Length, told.Select(e => e.Port).Distinct().Count());
        Assert.Equal(carrier == Carrier.Linux ? 3 : 1, told.Length);
        if (carrier != Carrier.Linux)
            return;
        Assert.NotEqual(first + 1, told[1].Port);
        Assert.Equal(first + 2, told[2].Port);
    }

    [Fact]
    public void An_address_that_is_not_ours_stops_the_start_with_its_name()
    {
        var error = Assert.ThrowsAny<Exception>(() => new Room(Carrier.Linux, with: o => o with { Trunk = new TrunkOptions(IPAddress.Parse("192.0.2.7"), 4330) }));
        Assert.Contains("192.0.2.7:4330", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plane_that_stops_gives_its_descriptors_back()
    {
        using (new PlaneCluster(Carrier.Linux))
        {
            // So that what the runtime keeps for itself is there before counting.
        }

        int before = Descriptors.Count();
        using (var cluster = new PlaneCluster(Carrier.Linux, nodes: 3))
        {
            cluster.Join(0, "127.0.0.1").Send("hello");
            cluster.Join(1, "127.0.0.2");
        }

        Room.Until(() => Descriptors.Count() <= before, "descriptors are back");
    }
}
