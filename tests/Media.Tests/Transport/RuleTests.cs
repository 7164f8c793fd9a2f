using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

/// <summary>What routes and sources decide, over real sockets.</summary>
public sealed class RuleTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_muted_member_is_not_heard_and_hears(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        alice.Muted = true;
        room.Apply();
        alice.Send("mute");
        bob.Send("still");
        Assert.Equal("still", alice.ReceiveText());
        Room.Until(() => room.Drops(DropReason.Muted) == 1, "counted");

        alice.Muted = false;
        room.Apply();
        alice.Send("speak");
        Assert.Equal("speak", bob.ReceiveText());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Select_hears_one_participant_with_all_their_ports(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member carol = room.Join("127.0.0.3");
        carol.Selection = new MediaSelection.Only(bob.Participant);
        room.Apply();
        alice.Send("from alice");
        bob.Send("from bob");
        Assert.Equal("from bob", carol.ReceiveText());
        Assert.Equal("from alice", bob.ReceiveText());
        Assert.Empty(carol.Socket.Drain());

        carol.Selection = new MediaSelection.Only(new ParticipantId(12345));
        room.Apply();
        bob.Send("nobody hears");
        Assert.Equal("from bob", alice.ReceiveText());
        Assert.Equal("nobody hears", alice.ReceiveText());
        Assert.Empty(carol.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Routes_are_in_force_when_apply_returns(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        for (int i = 1; i <= 300; i++)
        {
            alice.Muted = true;
            room.Apply();
            alice.Send("muted");
            Room.Until(() => room.Drops(DropReason.Muted) == i, "dropped");
            alice.Muted = false;
            room.Apply();
            alice.Send($"{i}");
            Assert.Equal($"{i}", bob.ReceiveText());
        }
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void A_port_the_routes_do_not_name_neither_sends_nor_hears(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member carol = room.Join("127.0.0.3");
        bob.IsRouted = false;
        room.Apply();
        bob.Send("into the void");
        Room.Until(() => room.Drops(DropReason.NoRoute) == 1, "counted");
        alice.Send("hello");
        Assert.Equal("hello", carol.ReceiveText());
        Assert.Empty(bob.Socket.Drain());
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Receivers_see_colliding_sources_apart_and_feedback_finds_its_sender(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member carol = room.Join("127.0.0.3");
        for (ushort sequence = 1; sequence <= 3; sequence++)
        {
            alice.Send(Packets.Rtp(1111, sequence, "alice"));
            Assert.Equal(Packets.Rtp(1111, sequence, "alice"), carol.Receive());
        }

        bob.Send(Packets.Rtp(1111, 500, "bob"));
        uint shown = Packets.SsrcOf(carol.Receive());
        Assert.NotEqual(1111u, shown);
        Assert.Equal(shown, Packets.SsrcOf(alice.Receive()));
        bob.Send(Packets.SenderReport(1111));
        Assert.Equal(Packets.SenderReport(shown), carol.Receive());

        bob.Socket.Drain();
        alice.Receive();
        carol.Send(Packets.Pli(9999, shown));
        byte[] request = bob.Receive();
        Assert.Equal(1111u, Packets.Word(request, 4));
        Assert.Equal(Packets.Pli(Packets.Word(request, 1), 1111), request[8..]);
        // Nobody else hears of it.
        carol.Send("fence");
        Assert.Equal("fence", alice.ReceiveText());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void The_same_number_in_another_service_is_no_collision(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member audio = room.Join("127.0.0.2", "audio");
        Member listener = room.Join("127.0.0.3", "audio");
        for (ushort sequence = 1; sequence <= 3; sequence++)
            alice.Send(Packets.Rtp(7, sequence));
        Room.Until(() => alice.Statistics.DatagramsIn == 4, "received");
        audio.Send(Packets.Rtp(7, 1));
        Assert.Equal(Packets.Rtp(7, 1), listener.Receive());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Hostile_headers_pass_as_they_are(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var random = new Random(17);
        byte[] seed = [.. Packets.SenderReport(1), .. Packets.Rtp(1, 1)];
        for (int length = 1; length <= seed.Length; length++)
        {
            byte[] datagram = seed[..length];
            datagram[random.Next(length)] ^= (byte)random.Next(256);
            alice.Send(datagram);
            // A whole sender report with something else behind it, as if a compound, passes without that.
            byte[] received = bob.Receive();
            Assert.Equal(datagram[..received.Length], received);
            Assert.True(received.Length == datagram.Length || received.Length == 28);
        }
    }
}
