using System.Collections.Concurrent;
using System.Net;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

/// <summary>A room that several loops carry together.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class LargeRoomTests
{
    private const int SpreadAbove = 4;

    [Theory, InlineData(Carrier.Linux, 2), InlineData(Carrier.Linux, 3), InlineData(Carrier.LinuxPlain, 2)]
    public void Everyone_hears_everyone_once_and_in_order(Carrier carrier, int loops)
    {
        using Room room = Large(carrier, loops);
        Member[] members = [.. Enumerable.Range(1, 20).Select(i => room.Join($"127.0.5.{i}"))];
        for (int n = 0; n < 50; n++)
        {
            foreach (Member sender in members)
                sender.Send($"{sender.Participant.Value} {n}");
        }

        foreach (Member receiver in members)
        {
            var heard = new Dictionary<int, int>();
            for (int i = 0; i < 19 * 50; i++)
            {
                int[] words = [.. receiver.ReceiveText().Split(' ').Select(Number)];
                Assert.Equal(heard.GetValueOrDefault(words[0]), words[1]);
                heard[words[0]] = words[1] + 1;
            }

            Assert.Equal(19, heard.Count);
            Assert.False(heard.ContainsKey(receiver.Participant.Value));
        }

        Assert.All(members, m => Assert.Empty(m.Socket.Drain()));
        Room.Until(() => room.Plane.Read().Services[0].DatagramsOut == 20 * 19 * 50, "counted");
        Assert.All(members, m => Assert.Equal((950, 51), (m.Statistics.DatagramsOut, m.Statistics.DatagramsIn)));
        Assert.Equal(0, room.Drops(DropReason.LoopBehind));
    }

    [Fact]
    public void Datagrams_of_every_size_reach_the_other_loop_byte_for_byte()
    {
        using Room room = Large(Carrier.Linux);
        Member[] members = [.. Enumerable.Range(1, 6).Select(i => room.Join($"127.0.5.{i}"))];
        var random = new Random(1);
        int[] sizes = [1, 2, 12, 160, 1200, 1473, 9000, 65506, 65507];
        for (int round = 0; round < 20; round++)
        {
            foreach (int size in sizes)
            {
                byte[] datagram = new byte[size];
                random.NextBytes(datagram);
                members[0].Send(datagram);
                Assert.All(members[1..], m => Assert.Equal(datagram, m.Receive()));
            }
        }
    }

    [Fact]
    public void Sources_that_collide_are_kept_apart_for_receivers_of_either_loop()
    {
        using Room room = Large(Carrier.Linux);
        Member[] members = [.. Enumerable.Range(1, 8).Select(i => room.Join($"127.0.5.{i}"))];
        for (ushort sequence = 1; sequence <= 3; sequence++)
            members[0].Send(Packets.Rtp(7, sequence));
        foreach (Member member in members[1..])
            Assert.Equal([7u, 7u, 7u], Enumerable.Range(0, 3).Select(_ => Packets.SsrcOf(member.Receive())));

        // Everyone else sends the same number; every receiver sees eight different ones, and its own never.
        foreach (Member sender in members[1..])
        {
            sender.Send(Packets.Rtp(7, 100));
            sender.Send(Packets.Rtp(7, 101));
        }

        foreach (Member receiver in members)
        {
            int others = receiver == members[0] ? 7 : 6;
            uint[] seen = [.. Enumerable.Range(0, others * 2).Select(_ => Packets.SsrcOf(receiver.Receive()))];
            Assert.All(seen.GroupBy(s => s), g => Assert.Equal(2, g.Count()));
            Assert.DoesNotContain(7u, seen);
        }

        // And to those who send it themselves the first one's is another.
        members[0].Send(Packets.Rtp(7, 4));
        uint[] first = [.. members[1..].Select(m => Packets.SsrcOf(m.Receive()))];
        Assert.Equal(7, first.Distinct().Count());
        Assert.DoesNotContain(7u, first);
    }

    [Fact]
    public void Routes_change_while_media_flows()
    {
        using Room room = Large(Carrier.Linux);
        Member[] members = [.. Enumerable.Range(1, 12).Select(i => room.Join($"127.0.5.{i}"))];
        Member sender = members[0];
        for (int i = 1; i <= 200; i++)
        {
            Member muted = members[1 + i % 11];
            muted.IsRouted = false;
            room.Apply();
            sender.Send($"{i}");
            muted.IsRouted = true;
            foreach (Member other in members[1..].Where(m => m != muted))
                Assert.Equal($"{i}", other.ReceiveText());
        }

        Assert.All(members, m => Assert.Empty(m.Socket.Drain()));
    }

    [Fact]
    public void A_room_is_spread_while_media_flows_and_nothing_is_lost_or_out_of_order()
    {
        using Room room = Large(Carrier.Linux);
        Member sender = room.Join("127.0.5.1");
        List<Member> receivers = [room.Join("127.0.5.2"), room.Join("127.0.5.3")];
        using var stop = new CancellationTokenSource();
        int sent = 0;
        var flow = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                sender.Send($"{sent++}");
                Thread.SpinWait(2000);
            }
        });
        flow.Start();
        for (int i = 4; i < 12; i++)
            receivers.Add(room.Join($"127.0.5.{i}"));
        stop.Cancel();
        flow.Join();
        sender.Send("end");
        foreach (Member receiver in receivers)
        {
            int? last = null;
            for (string text; (text = receiver.ReceiveText()) != "end"; last = Number(text))
                Assert.True(last is null || Number(text) == last + 1, $"{text} after {last}");
            Assert.Equal(sent - 1, last ?? sent - 1);
        }
    }

    [Fact]
    public void Ports_close_and_open_while_their_batches_are_on_the_way()
    {
        using (Room once = Large(Carrier.Linux))
        {
            // So that what the runtime keeps for itself is there before counting.
            once.Join("127.0.5.1");
        }

        int before = Descriptors.Count();
        var wrong = new ConcurrentQueue<string>();
        using (Room room = Large(Carrier.Linux, ports: 64))
        {
            Member sender = room.Join("127.0.5.1");
            Member[] stay = [.. Enumerable.Range(2, 6).Select(i => room.Join($"127.0.5.{i}"))];
            var elsewhere = new RoomId("elsewhere");
            using var stop = new CancellationTokenSource();
            var flow = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                    sender.Send("for the room");
            });
            flow.Start();

            // Descriptors of ports that closed are those of the next that open, in another room: none of these may hear anything.
            for (int round = 0; round < 60; round++)
            {
                Member[] guests = [.. Enumerable.Range(1, 6).Select(i => room.Join($"127.0.6.{i}"))];
                foreach (Member guest in guests)
                    room.Leave(guest);
                for (int i = 1; i <= 4; i++)
                {
                    using var bystander = new UdpClientSocket(IPAddress.Parse($"127.0.7.{i}"));
                    var opened = (PortOpening.Opened)room.Plane.Open(new PortRequest(elsewhere, new ServiceName("video"), bystander.Address));
                    bystander.Send([], opened.Number);
                    Room.Until(() => room.Plane.Read(opened.Port)!.IsLatched, "latched");
                    foreach (byte[] heard in bystander.Drain())
                        wrong.Enqueue(System.Text.Encoding.ASCII.GetString(heard));
                    room.Plane.Close(opened.Port);
                }
            }

            stop.Cancel();
            flow.Join();
            Assert.All(stay, m => Assert.NotEmpty(m.Socket.Drain()));
        }

        Assert.Empty(wrong);
        Room.Until(() => Descriptors.Count() <= before, "descriptors are back");
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static Room Large(Carrier carrier, int loops = 2, int ports = 16) =>
        new(carrier, ports, loops: loops, with: o => o with { SpreadRoomsAbove = SpreadAbove });
}
