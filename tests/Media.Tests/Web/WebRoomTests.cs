using System.Buffers.Binary;
using System.Text;
using Conference.Media.Tests.Support;
using Conference.Media.Tests.Transport;
using Conference.Media.Web;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Web;

/// <summary>Browsers and plain clients in one room, on real sockets.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class WebRoomTests
{
    private static readonly ServiceName _audio = new("audio");
    private static readonly ServiceName _video = new("video");

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    internal void A_browser_sees_a_plain_client_and_is_seen(Carrier carrier)
    {
        using var room = NewRoom(carrier);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);

        joe.Send(Packets.Rtp(500, 1, "one"));
        joe.Send(Packets.Rtp(500, 2, "two"));
        (RtpPacket first, string one) = Read(browser.ReceiveRtp());
        (RtpPacket second, string two) = Read(browser.ReceiveRtp());
        Assert.Equal(("one", "two"), (one, two));
        Assert.Equal((SimulatedBrowser.Vp8, 9002u, (ushort)1), (first.PayloadType, first.Ssrc, first.Sequence));
        Assert.Equal(2, second.Sequence);
        Assert.Equal([new WebSeat("v0", _video, joe.Participant)], room.Plane.ReadSeats(browser.Id).Where(s => s.Participant is not null));

        browser.SendRtp("1", 31337, 900, "from the browser", SimulatedBrowser.Vp8);
        (RtpPacket seen, string text) = Read(joe.Receive());
        Assert.Equal(("from the browser", (byte)96, 7002u, (ushort)900), (text, seen.PayloadType, seen.Ssrc, seen.Sequence));
        Assert.Equal(0, seen.ExtensionLength);
    }

    [Fact]
    public void Two_browsers_hear_each_other_and_keyframes_are_asked_of_the_sender()
    {
        using var room = NewRoom(Carrier.Linux);
        using var anna = Join(room, out _);
        using var bert = Join(room, out PortId[] ports);
        anna.Connect();
        bert.Connect();
        Until(room, ports, p => p.IsLatched);
        anna.SendRtp("0", 11, 1, "a voice", SimulatedBrowser.Opus);
        (RtpPacket voice, _) = Read(bert.ReceiveRtp());
        Assert.Equal((SimulatedBrowser.Opus, 9000u), (voice.PayloadType, voice.Ssrc));

        anna.SendRtp("1", 12, 1, "a picture", SimulatedBrowser.Vp8);
        anna.SendRtp("1", 12, 2, "a picture", SimulatedBrowser.Vp8);
        (RtpPacket picture, _) = Read(bert.ReceiveRtp());
        // The same pair of lines: they are played in step.
        Assert.Equal(9002u, picture.Ssrc);

        bert.SendRtcp(Packets.Rtcp(RtcpType.PayloadFeedback, 1, 1, 9002));
        byte[] asked;
        do
            asked = anna.ReceiveRtcp();
        while (asked[1] != RtcpType.PayloadFeedback);
        Assert.Equal(12u, BinaryPrimitives.ReadUInt32BigEndian(asked.AsSpan(8)));
    }

    [Fact]
    public void What_a_browser_has_missed_comes_again_as_rtx()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        // It speaks as receivers do: from then on packets are kept.
        joe.Send(Packets.Rtp(500, 41, "begin"));
        joe.Send(Packets.Rtp(500, 42, "and on"));
        browser.ReceiveRtp();
        browser.ReceiveRtp();
        browser.SendRtcp(Packets.Rtcp(RtcpType.ReceiverReport, 1, 1, 9002, 0, 2, 0, 0, 0));
        Thread.Sleep(100);
        joe.Send(Packets.Rtp(500, 43, "lost"));
        Read(browser.ReceiveRtp());
        browser.SendRtcp(Packets.Rtcp(RtcpType.TransportFeedback, 1, 1, 9002, 3 << 16));
        (RtpPacket again, string text) = Read(browser.ReceiveRtp());
        Assert.Equal((SimulatedBrowser.Vp8Rtx, 9003u), (again.PayloadType, again.Ssrc));
        Assert.Equal("\0\u0003lost", text);
    }

    [Fact]
    public void What_a_browser_sends_again_takes_its_place_once()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        browser.SendRtp("1", 77, 1, "one", SimulatedBrowser.Vp8);
        browser.SendRtp("1", 77, 3, "three", SimulatedBrowser.Vp8);
        Assert.Equal("one", Read(joe.Receive()).Text);
        Assert.Equal("three", Read(joe.Receive()).Text);
        // Probes: what has come already, and nothing at all.
        browser.SendRtp("1", 78, 1, "\0\u0001one", SimulatedBrowser.Vp8Rtx);
        browser.SendRtp("1", 78, 2, "\0\u0002two", SimulatedBrowser.Vp8Rtx);
        browser.SendRtp("1", 78, 3, "\0\u0002two", SimulatedBrowser.Vp8Rtx);
        browser.SendRtp("1", 77, 4, "four", SimulatedBrowser.Vp8);
        (RtpPacket two, string text) = Read(joe.Receive());
        Assert.Equal(("two", (ushort)2, 7002u), (text, two.Sequence, two.Ssrc));
        Assert.Equal("four", Read(joe.Receive()).Text);
    }

    [Fact]
    public void Layers_are_known_by_the_numbers_the_answer_chose()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports, ("q", 801), ("h", 802));
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        browser.SendRtp("1", 5, 1, "small", SimulatedBrowser.Vp8, "q");
        browser.SendRtp("1", 6, 1, "large", SimulatedBrowser.Vp8, "h");
        Assert.Equal((801u, "small"), (Packets.SsrcOf(Peek(joe, out string small)), small));
        Assert.Equal((802u, "large"), (Packets.SsrcOf(Peek(joe, out string large)), large));
        // A layer nobody agreed on goes nowhere.
        browser.SendRtp("1", 8, 1, "other", SimulatedBrowser.Vp8, "x");
        browser.SendRtp("1", 6, 2, "last", SimulatedBrowser.Vp8, "h");
        Assert.Equal("last", Read(joe.Receive()).Text);
    }

    [Fact]
    public void A_browser_is_told_when_its_packets_came()
    {
        using var room = NewRoom(Carrier.Linux);
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        for (ushort i = 0; i < 4; i++)
        {
            browser.SendRtp("1", 77, i, "picture", SimulatedBrowser.Vp8, transport: i);
            Thread.Sleep(30);
        }

        byte[] feedback = browser.ReceiveRtcp();
        Assert.Equal((RtcpType.TransportFeedback, 15), (feedback[1], feedback[0] & 0x1F));
    }

    [Fact]
    public void A_check_that_is_not_signed_is_not_answered_and_opens_nothing()
    {
        using var room = NewRoom(Carrier.Linux);
        using var browser = Join(room, out _);
        browser.Check("a password of some other one");
        browser.SendRaw(SimulatedBrowser.CheckOf("nobody12", browser.Opened.Password));
        browser.SendRaw([22, 254, 253, 0, 0, 0]);
        browser.SendRaw(Packets.Rtp(1, 1));
        Assert.Empty(browser.DrainRaw());
        Assert.Equal(WebState.Connecting, room.Plane.ReadWeb(browser.Id));
        Room.Until(() => room.Drops(DropReason.Stranger) == 4, "four strangers");
    }

    [Fact]
    public void Forged_and_replayed_packets_are_counted_and_go_nowhere()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        byte[] packet = new byte[100];
        new RtpPacket(SimulatedBrowser.Vp8, false, 5, 0, 55).Write(packet);
        int length = browser.Sender!.Seal(packet, 12, "once"u8);
        browser.SendRaw(packet.AsSpan(0, length));
        browser.SendRaw(packet.AsSpan(0, length));
        packet[20] ^= 1;
        packet[3]++;
        browser.SendRaw(packet.AsSpan(0, length));
        Room.Until(() => room.Drops(DropReason.Forged) == 1 && room.Drops(DropReason.Replayed) == 1, "one of each");
        Assert.Empty(joe.Socket.Drain());
    }

    [Fact]
    public void Another_certificate_than_the_offer_names_gets_no_keys()
    {
        using var room = NewRoom(Carrier.Linux);
        using var browser = new SimulatedBrowser(room.Plane, room.Id);
        room.Plane.Agree(browser.Id, browser.Agreement() with { Fingerprints = [CertificateFingerprint.Of([1, 2, 3])] });
        Assert.Throws<InvalidOperationException>(browser.Connect);
        Assert.Equal(WebState.Lost, room.Plane.ReadWeb(browser.Id));
    }

    [Fact]
    public void Whoever_is_short_of_lines_is_told_and_a_silent_one_gives_up_its_place()
    {
        var time = TimeProvider.System;
        using var room = NewRoom(Carrier.Linux);
        Member[] members = [room.Join("127.0.0.1"), room.Join("127.0.0.2"), room.Join("127.0.0.3")];
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        for (int i = 0; i < 3; i++)
            members[i].Send(Packets.Rtp((uint)(500 + i), 1));
        Assert.Equal(9002u, Read(browser.ReceiveRtp()).Packet.Ssrc);
        Assert.Equal(9012u, Read(browser.ReceiveRtp()).Packet.Ssrc);
        Room.Until(() => room.Plane.Events.TryRead(out MediaEvent? told) && told is MediaEvent.Seated { IsShort: true }, "told of it");
        long begun = time.GetTimestamp();
        RtpPacket packet;
        ushort number = 2;
        do
        {
            members[0].Send(Packets.Rtp(500, number));
            members[2].Send(Packets.Rtp(502, number, "third"));
            number++;
            Thread.Sleep(100);
            (packet, _) = Read(browser.ReceiveRtp());
            Assert.True(time.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
        }
        while (packet.Ssrc != 9012);
        Assert.Equal(members[2].Participant, room.Plane.ReadSeats(browser.Id).Single(s => s.Mid == "v1").Participant);
    }

    [Fact]
    public void Whoever_leaves_sits_nowhere_and_that_is_told()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId[] ports);
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        joe.Send(Packets.Rtp(500, 1));
        browser.ReceiveRtp();
        Assert.Contains(room.Plane.ReadSeats(browser.Id), s => s.Participant == joe.Participant);
        while (room.Plane.Events.TryRead(out _))
        {
        }

        room.Leave(joe);
        Assert.All(room.Plane.ReadSeats(browser.Id), s => Assert.Null(s.Participant));
        Room.Until(() => room.Plane.Events.TryRead(out MediaEvent? told) && told is MediaEvent.Seated, "told of it");
    }

    [Fact]
    public void By_tcp_a_browser_is_one_like_any_other()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        using var browser = new SimulatedBrowser(room.Plane, room.Id, byTcp: true);
        room.Plane.Agree(browser.Id, browser.Agreement());
        PortId[] ports = [room.JoinWeb(browser.Id, _audio), room.JoinWeb(browser.Id, _video)];
        browser.Connect();
        Until(room, ports, p => p.IsLatched);
        for (ushort i = 0; i < 100; i++)
            joe.Send(Packets.Rtp(500, i, new string('x', 1000)));
        for (ushort i = 0; i < 100; i++)
            Assert.Equal(i + 1, Read(browser.ReceiveRtp()).Packet.Sequence);
        browser.SendRtp("1", 12, 1, "by tcp", SimulatedBrowser.Vp8);
        Assert.Equal("by tcp", Read(joe.Receive()).Text);
    }

    [Theory, InlineData("474554202f20485454502f312e310d0a0d0a"), InlineData("0000"), InlineData("ffff00"), InlineData("000480000000")]
    public void What_is_no_frame_of_a_browser_ends_its_connection(string hex)
    {
        using var room = NewRoom(Carrier.Linux);
        using var tcp = new System.Net.Sockets.TcpClient("127.0.0.1", room.Plane.WebNumber);
        tcp.GetStream().Write(Convert.FromHexString(hex));
        tcp.ReceiveTimeout = 5000;
        Assert.Equal(0, tcp.GetStream().Read(new byte[10]));
    }

    [Fact]
    public void A_number_of_the_systems_choice_is_one_that_is_free_for_all()
    {
        // By TCP only, so that UDP would take it. Many, so that one is likely to be hit.
        List<System.Net.Sockets.TcpListener> others = [.. Enumerable.Range(0, 2000).Select(_ => new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 0))];
        others.ForEach(o => o.Start());
        for (int i = 0; i < 20; i++)
        {
            using var room = NewRoom(Carrier.Linux);
            Assert.InRange(room.Plane.WebNumber, 1, 65535);
        }

        others.ForEach(o => o.Stop());
    }

    [Fact]
    public void Connections_that_end_leave_nothing_behind()
    {
        using var room = NewRoom(Carrier.Linux);
        Member joe = room.Join("127.0.0.1");
        int before = Descriptors.Count();
        for (int i = 0; i < 20; i++)
        {
            using var browser = Join(room, out PortId[] ports);
            browser.Connect();
            joe.Send(Packets.Rtp(500, (ushort)i));
            foreach (PortId port in ports)
                room.Plane.Close(port);
            Assert.Null(room.Plane.Read(ports[0]));
        }

        Room.Until(() => Descriptors.Count() <= before + 2, "descriptors are closed");
    }

    private static Room NewRoom(Carrier carrier) => new(carrier, with: o => o with { Web = new WebOptions(0) });

    private static SimulatedBrowser Join(Room room, out PortId[] ports, params (string Rid, uint Shown)[] layers)
    {
        var browser = new SimulatedBrowser(room.Plane, room.Id);
        room.Plane.Agree(browser.Id, browser.Agreement(2, layers));
        ports = [room.JoinWeb(browser.Id, _audio), room.JoinWeb(browser.Id, _video)];
        return browser;
    }

    private static void Until(Room room, PortId[] ports, Func<PortStatistics, bool> condition) =>
        Room.Until(() => ports.All(p => condition(room.Plane.Read(p)!)), "connected");

    private static (RtpPacket Packet, string Text) Read(byte[] datagram)
    {
        Assert.True(RtpPacket.TryParse(datagram, out RtpPacket packet));
        return (packet, Encoding.ASCII.GetString(datagram.AsSpan(packet.PayloadOffset, packet.PayloadLength)));
    }

    private static byte[] Peek(Member member, out string text)
    {
        byte[] datagram = member.Receive();
        text = Read(datagram).Text;
        return datagram;
    }
}
