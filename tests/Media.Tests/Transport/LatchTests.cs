using System.Net;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

public sealed class LatchTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_stranger_is_dropped_and_counted_and_hears_nothing(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        using var mallory = new UdpClientSocket("127.0.0.66");

        mallory.Send("let me in"u8, alice.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "counted");
        bob.Send("for alice");
        Assert.Equal("for alice", alice.ReceiveText());
        alice.Send("for bob");
        Assert.Equal("for bob", bob.ReceiveText());
        Assert.Empty(mallory.Drain());
        Assert.Empty(bob.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Nothing_is_sent_to_a_client_that_has_not_sent(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2", latch: false);
        alice.Send("too early");
        Room.Until(() => room.Plane.Read().Services[0].DatagramsIn == 2, "received");
        bob.Latch();
        alice.Send("in time");
        Assert.Equal("in time", bob.ReceiveText());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Another_source_port_takes_over_only_after_silence(Carrier carrier)
    {
        var time = new ManualTime();
        using var room = new Room(carrier, time: time);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        using var moved = new UdpClientSocket("127.0.0.2");

        time.Advance(room.Options.RelatchAfter - TimeSpan.FromTicks(1));
        moved.Send("too early"u8, bob.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "refused");

        time.Advance(TimeSpan.FromTicks(1));
        moved.Send("here now"u8, bob.Number);
        Assert.Equal("here now", alice.ReceiveText());
        alice.Send("welcome");
        Assert.Equal("welcome"u8, moved.Receive());

        // And the old one is the stranger now.
        bob.Send("still here");
        Room.Until(() => room.Drops(DropReason.Stranger) == 2, "refused");
        Assert.Empty(bob.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Every_datagram_puts_the_silence_off(Carrier carrier)
    {
        var time = new ManualTime();
        using var room = new Room(carrier, time: time);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        using var moved = new UdpClientSocket("127.0.0.2");
        time.Advance(TimeSpan.FromSeconds(4));
        bob.Send("still here");
        Assert.Equal("still here", alice.ReceiveText());
        time.Advance(TimeSpan.FromSeconds(4));
        moved.Send("no"u8, bob.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "refused");
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public async Task Every_latch_is_an_event(Carrier carrier)
    {
        var time = new ManualTime();
        using var room = new Room(carrier, time: time);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        time.Advance(room.Options.RelatchAfter);
        using var moved = new UdpClientSocket("127.0.0.2");
        moved.Send("x"u8, bob.Number);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        foreach (PortId port in new[] { alice.Port, bob.Port, bob.Port })
            Assert.Equal(new MediaEvent.Latched(room.Id, port), await room.Plane.Events.ReadAsync(deadline.Token));
    }

    [Fact]
    public void A_client_is_answered_from_the_address_it_sent_to()
    {
        using var room = new Room(Carrier.Linux);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2", latch: false);
        bob.Socket.Send([], bob.Number, IPAddress.Parse("127.0.0.77"));
        Room.Until(() => bob.Statistics.IsLatched, "latched");
        alice.Send("who are you");
        bob.Socket.Receive(out IPEndPoint from);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.77"), bob.Number), from);
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Clients_that_latch_on_one_number_at_once_lose_nothing(Carrier carrier)
    {
        // Between its bind and its connect a client's new socket catches the datagrams of the others.
        using var room = new Room(carrier, ports: 1);
        Member listener = room.Join("127.0.9.1");
        for (int round = 0; round < 5; round++)
        {
            Member[] members = [.. Enumerable.Range(1, 40).Select(i => room.Join($"127.0.2.{i}", latch: false))];
            foreach (int datagram in Enumerable.Range(0, 10))
            {
                foreach (Member member in members)
                    member.Send($"{member.Participant.Value} {datagram}");
            }

            var heard = new Dictionary<string, List<string>>();
            for (int i = 0; i < 400; i++)
            {
                string[] words = listener.ReceiveText().Split(' ');
                if (!heard.TryGetValue(words[0], out List<string>? of))
                    heard.Add(words[0], of = []);
                of.Add(words[1]);
            }

            Assert.All(heard.Values, of => Assert.Equal(10, of.Distinct().Count()));
            Assert.Equal(0, room.Drops(DropReason.Stranger));
            foreach (Member member in members)
                room.Leave(member);
        }
    }
}
