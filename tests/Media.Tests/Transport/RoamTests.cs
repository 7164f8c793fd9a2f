using System.Text;
using Conference.Media.Tests.Support;
using Conference.Media.Transport;

namespace Conference.Media.Tests.Transport;

/// <summary>Clients whose address changes, and show a token.</summary>
public sealed class RoamTests
{
    public static TheoryData<Carrier> Carriers { get; } = [Carrier.Linux, Carrier.LinuxPlain, Carrier.Portable];

    [Theory, MemberData(nameof(Carriers))]
    public void A_token_moves_a_port_at_once_and_what_stands_behind_it_is_media(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");

        elsewhere.Send(Bytes(token, "here now"), bob.Number);
        Assert.Equal("here now", alice.ReceiveText());
        elsewhere.Send("and on"u8, bob.Number);
        Assert.Equal("and on", alice.ReceiveText());
        alice.Send("welcome");
        Assert.Equal("welcome"u8, elsewhere.Receive());

        // The old place is a stranger's now.
        bob.Send("still here");
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "refused");
        Assert.Empty(bob.Socket.Drain());
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, MemberData(nameof(Carriers))]
    public void A_token_repeated_until_it_is_heard_reaches_nobody(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");
        for (int i = 0; i < 50; i++)
            elsewhere.Send(Bytes(token), bob.Number);
        elsewhere.Send(Bytes(token, "media"), bob.Number);
        Assert.Equal("media", alice.ReceiveText());
        Assert.Equal(0, room.Drops(DropReason.Stranger));
        Assert.Equal(0, bob.Statistics.Dropped);
    }

    [Theory, MemberData(nameof(Carriers))]
    public void A_token_seen_on_its_way_moves_no_port_a_second_time(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member video = room.Join("127.0.0.2");
        Member second = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(video.Port, token);
        room.Plane.Roam(second.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");
        using var mallory = new UdpClientSocket("127.0.0.66");
        elsewhere.Send(Bytes(token, "here"), video.Number);
        Assert.Equal("here", alice.ReceiveText());

        mallory.Send(Bytes(token, "mine"), video.Number);
        mallory.Send(Bytes(token, "mine"), second.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 2, "refused");

        // The other port of the client's still takes it from where it was shown first, and has been given the next one meanwhile.
        var next = RoamToken.Create();
        room.Plane.Roam(video.Port, next);
        room.Plane.Roam(second.Port, next);
        using var moved = new UdpClientSocket("127.0.0.44");
        moved.Send(Bytes(token, "me too"), second.Number);
        Assert.Equal("me too", alice.ReceiveText());
        mallory.Send(Bytes(token, "mine"), second.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 3, "refused");
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, MemberData(nameof(Carriers))]
    public void Who_took_a_port_loses_it_to_the_next_token(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        using var mallory = new UdpClientSocket("127.0.0.66");
        mallory.Send(Bytes(token, "mine"), bob.Number);
        Assert.Equal("mine", alice.ReceiveText());

        var next = RoamToken.Create();
        room.Plane.Roam(bob.Port, next);
        bob.Send(Bytes(next, "mine again"));
        Assert.Equal("mine again", alice.ReceiveText());
        alice.Send("for bob");
        Assert.Equal("for bob", bob.ReceiveText());
        Assert.Empty(mallory.Drain());
    }

    [Theory, MemberData(nameof(Carriers))]
    public void Only_the_right_token_counts_and_only_while_it_holds(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");

        elsewhere.Send(Bytes(RoamToken.Create(), "wrong"), bob.Number);
        elsewhere.Send(Bytes(token)[..7], bob.Number);
        elsewhere.Send(Bytes(token, "not alice's"), alice.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 3, "refused");

        // Given up, another given, given up again: none of them is good any more.
        var other = RoamToken.Create();
        room.Plane.Roam(bob.Port, other);
        room.Plane.Roam(bob.Port, null);
        elsewhere.Send(Bytes(token, "old"), bob.Number);
        elsewhere.Send(Bytes(other, "given up"), bob.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 5, "refused");
        Assert.Empty(elsewhere.Drain());
        Assert.Empty(alice.Socket.Drain());
    }

    [Theory, MemberData(nameof(Carriers))]
    public void A_port_may_be_reached_by_the_other_address_family(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member six = room.Join("::1", latch: false);
        Member four = room.Join("127.0.0.2");
        var (sixth, fourth) = (RoamToken.Create(), RoamToken.Create());
        room.Plane.Roam(six.Port, sixth);
        room.Plane.Roam(four.Port, fourth);
        using var v4 = new UdpClientSocket("127.0.0.77");
        using var v6 = new UdpClientSocket("::1");

        v4.Send(Bytes(sixth, "by four"), six.Number);
        Assert.Equal("by four", alice.ReceiveText());
        Assert.Equal("by four", four.ReceiveText());
        v6.Send(Bytes(fourth, "by six"), four.Number);
        Assert.Equal("by six", alice.ReceiveText());
        Assert.Equal("by six"u8, v4.Receive());
        v6.Send("more"u8, four.Number);
        v4.Send("more"u8, six.Number);
        Assert.Equal("more"u8, v4.Receive());
        Assert.Equal("more"u8, v6.Receive());
    }

    [Theory, MemberData(nameof(Carriers))]
    public void What_is_sent_right_behind_the_token_comes_through_whole_and_in_order(Carrier carrier)
    {
        using var room = new Room(carrier, ports: 1);
        Member alice = room.Join("127.0.0.1");
        for (int round = 0; round < 20; round++)
        {
            Member bob = room.Join("127.0.0.2");
            // Somebody of the same number lives where bob goes.
            Member neighbour = room.Join("127.0.0.44");
            var token = RoamToken.Create();
            room.Plane.Roam(bob.Port, token);
            using var elsewhere = new UdpClientSocket("127.0.0.44");
            elsewhere.Send(Bytes(token, "0"), bob.Number);
            for (int i = 1; i < 100; i++)
                elsewhere.Send(Encoding.ASCII.GetBytes($"{i}"), bob.Number);
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), Enumerable.Range(0, 100).Select(_ => alice.ReceiveText()));
            neighbour.Send("me");
            Assert.Equal("me", alice.ReceiveText());
            room.Leave(bob);
            room.Leave(neighbour);
        }

        Assert.Equal(0, room.Drops(DropReason.Stranger));
    }

    [Theory, MemberData(nameof(Carriers))]
    public void A_token_shown_where_nothing_has_moved_is_spent_and_cut_off(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        bob.Send(Bytes(token, "still here"));
        Assert.Equal("still here", alice.ReceiveText());
        using var mallory = new UdpClientSocket("127.0.0.66");
        mallory.Send(Bytes(token, "mine"), bob.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "refused");

        // Bytes that are no token of this port pass as they are.
        byte[] other = Bytes(RoamToken.Create(), "opaque");
        bob.Send(other);
        Assert.Equal(other, alice.Receive());
    }

    [Theory, MemberData(nameof(Carriers))]
    public async Task Every_token_is_told_once_when_it_is_shown_first(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member bob = room.Join("127.0.0.2", latch: false);
        Member second = room.Join("127.0.0.2", latch: false);
        var (token, next) = (RoamToken.Create(), RoamToken.Create());
        foreach (Member member in new[] { bob, second })
            room.Plane.Roam(member.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");
        elsewhere.Send(Bytes(token), bob.Number);
        Room.Until(() => bob.Statistics.IsLatched, "latched");
        elsewhere.Send(Bytes(token), second.Number);
        Room.Until(() => second.Statistics.IsLatched, "latched");
        room.Plane.Roam(bob.Port, next);
        elsewhere.Send(Bytes(next), bob.Number);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var roamed = new List<MediaEvent>();
        while (roamed.Count < 2)
        {
            if (await room.Plane.Events.ReadAsync(deadline.Token) is MediaEvent.Roamed one)
                roamed.Add(one);
        }

        Assert.Equal([new MediaEvent.Roamed(room.Id, bob.Port, token), new MediaEvent.Roamed(room.Id, bob.Port, next)], roamed);
    }

    [Theory, MemberData(nameof(Carriers))]
    public void From_where_its_session_is_a_port_may_be_taken_back_after_silence(Carrier carrier)
    {
        var time = new ManualTime();
        using var room = new Room(carrier, time: time);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        var token = RoamToken.Create();
        room.Plane.Roam(bob.Port, token);
        using var elsewhere = new UdpClientSocket("127.0.0.44");
        elsewhere.Send(Bytes(token, "away"), bob.Number);
        Assert.Equal("away", alice.ReceiveText());

        time.Advance(room.Options.RelatchAfter);
        bob.Send("back");
        Assert.Equal("back", alice.ReceiveText());
        alice.Send("welcome back");
        Assert.Equal("welcome back", bob.ReceiveText());

        // The far address has no claim to a port by itself, however long it waits.
        time.Advance(room.Options.RelatchAfter * 2);
        elsewhere.Send("and again"u8, bob.Number);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "refused");
    }

    [Theory, MemberData(nameof(Carriers))]
    public void Closed_ports_leave_no_descriptor_and_their_numbers_serve_again(Carrier carrier)
    {
        using var room = new Room(carrier, ports: 1);
        Member alice = room.Join("127.0.0.1");
        for (int round = 0; round < 50; round++)
        {
            Member six = room.Join("::1");
            Member four = room.Join("127.0.0.2");
            var (sixth, fourth) = (RoamToken.Create(), RoamToken.Create());
            room.Plane.Roam(six.Port, sixth);
            room.Plane.Roam(four.Port, fourth);
            using var v4 = new UdpClientSocket("127.0.0.77");
            v4.Send(Bytes(sixth, "in"), six.Number);
            Assert.Equal("in", alice.ReceiveText());
            room.Leave(six);
            // A loop that looks into the closed socket at this moment keeps it for as long, and what comes then is nobody's.
            long before = room.Drops(DropReason.Stranger);
            Room.Until(
                () =>
                {
                    v4.Send(Bytes(sixth, "gone"), alice.Number);
                    return room.Drops(DropReason.Stranger) > before;
                },
                "a stranger");
            room.Leave(four);
        }

        Assert.Equal((1, 0, 0), (room.Plane.Read().PortsInUse, room.Plane.Read().PortsFree, room.Plane.Read().NumbersAside));
        room.Plane.Roam(new PortId(12345), RoamToken.Create());
    }

    [Fact]
    public void A_token_is_sixteen_digits_that_no_text_shows_by_itself()
    {
        var token = RoamToken.Create();
        Assert.Matches("^[c-f][0-9a-f]{15}$", token.ToHex());
        Assert.DoesNotContain(token.ToHex(), $"{token} {new MediaEvent.Roamed(new RoomId("room"), new PortId(1), token)}", StringComparison.Ordinal);
        Assert.NotEqual(token.ToHex(), RoamToken.Create().ToHex());
    }

    private static byte[] Bytes(RoamToken token, string media = "") => [.. Convert.FromHexString(token.ToHex()), .. Encoding.UTF8.GetBytes(media)];
}
