using System.Text;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

public sealed class FanOutTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_datagram_reaches_everyone_else_in_the_room_and_service_and_not_its_sender(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.11");
        Member bob = room.Join("127.0.0.12");
        Member carol = room.Join("127.0.0.13");
        Member dave = room.Join("127.0.0.14", "audio");

        alice.Send("hello");
        Assert.Equal("hello", bob.ReceiveText());
        Assert.Equal("hello", carol.ReceiveText());
        bob.Send("hi");
        Assert.Equal("hi", alice.ReceiveText());
        Assert.Empty(dave.Socket.Drain());
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Two_hundred_clients_with_different_addresses_meet_on_two_ports(Carrier carrier)
    {
        using var room = new Room(carrier, ports: 2);
        Member[] members = [.. Enumerable.Range(0, 200).Select(i => room.Join($"127.0.{1 + i / 100}.{1 + i % 100}"))];
        Assert.Equal(2, members.Select(m => m.Number).Distinct().Count());

        foreach (Member sender in members.Where((_, i) => i % 20 == 0))
        {
            sender.Send($"from {sender.Participant.Value}");
            foreach (Member receiver in members.Where(m => m != sender))
                Assert.Equal($"from {sender.Participant.Value}", receiver.ReceiveText());
        }

        Assert.All(members, m => Assert.Empty(m.Socket.Drain()));
        Assert.Equal(200, room.Plane.Read().PortsInUse);
        Assert.Equal(0, room.Plane.Read().PortsFree);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Datagrams_of_every_size_pass_byte_for_byte(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member sender = room.Join("127.0.0.1");
        Member receiver = room.Join("127.0.0.2");
        var random = new Random(1);
        int[] sizes = [.. Enumerable.Range(1, 64), 159, 160, 1199, 1200, 1472, 1473, 8191, 9000, 32768, 65506, 65507];
        foreach (int size in sizes)
        {
            byte[] datagram = new byte[size];
            random.NextBytes(datagram);
            sender.Send(datagram);
            Assert.Equal(datagram, receiver.Receive());
        }
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void An_empty_datagram_latches_and_is_not_forwarded(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2", latch: false);
        Assert.False(bob.Statistics.IsLatched);

        bob.Latch();
        bob.Send("second");
        Assert.Equal("second", alice.ReceiveText());
        Assert.Equal(2, room.Drops(DropReason.Empty));
        Assert.Equal(2, bob.Statistics.DatagramsIn);
        Assert.Equal(6, bob.Statistics.BytesIn);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void First_datagrams_are_forwarded_in_order(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        for (int round = 0; round < 20; round++)
        {
            Member bob = room.Join("127.0.0.2", latch: false);
            for (int i = 0; i < 50; i++)
                bob.Send($"{i}");
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), Enumerable.Range(0, 50).Select(_ => alice.ReceiveText()));
            room.Leave(bob);
        }
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Ipv6_clients_and_ipv4_clients_hear_each_other(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member four = room.Join("127.0.0.1");
        Member six = room.Join("::1");
        Member mapped = room.Join("127.0.0.3");
        six.Send("from six");
        Assert.Equal("from six", four.ReceiveText());
        Assert.Equal("from six", mapped.ReceiveText());
        four.Send("from four");
        Assert.Equal("from four", six.ReceiveText());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Counters_say_what_happened(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member carol = room.Join("127.0.0.3");
        for (int i = 0; i < 10; i++)
            alice.Send(Encoding.ASCII.GetBytes("0123456789"));
        for (int i = 0; i < 10; i++)
        {
            bob.Receive();
            carol.Receive();
        }

        Room.Until(() => room.Plane.Read().Services[0].DatagramsOut == 20, "counted");
        MediaStatistics all = room.Plane.Read();
        ServiceStatistics video = Assert.Single(all.Services, s => s.Service.Value == "video");
        Assert.Equal((13, 100, 20, 200), (video.DatagramsIn, video.BytesIn, video.DatagramsOut, video.BytesOut));
        Assert.Equal(new PortStatistics(1, 0, 10, 100, 0, true), bob.Statistics);
        Assert.Equal(new PortStatistics(11, 100, 0, 0, 0, true), alice.Statistics);
        // First datagrams are latched, not timed, on Linux.
        Room.Until(() => room.Plane.Read().ForwardDelay.Counts.Sum() is 10 or 13, "timed");
    }
}
