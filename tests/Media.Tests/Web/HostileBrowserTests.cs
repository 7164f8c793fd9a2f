using System.Net;
using System.Net.Sockets;
using Conference.Media.Tests.Support;
using Conference.Media.Tests.Transport;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

/// <summary>What comes to the browsers' number and is no browser's, or one that means harm.</summary>
[Collection(nameof(LifetimeTests))]
public sealed class HostileBrowserTests
{
    [Fact]
    public void Checks_from_thousands_of_addresses_without_the_password_cost_nobody_anything()
    {
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId port);
        int before = Descriptors.Count();
        for (int i = 0; i < 3000; i++)
        {
            using var stranger = new UdpClientSocket($"127.0.{(i / 250) + 1}.{(i % 250) + 1}");
            stranger.Send(SimulatedBrowser.CheckOf(browser.Opened.Ufrag, "not the password of anybody"), room.Plane.WebNumber);
        }

        Room.Until(() => room.Drops(DropReason.Stranger) >= 2000, "they are counted");
        Assert.InRange(Descriptors.Count(), 0, before + 5);
        browser.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        joe.Send(Packets.Rtp(500, 1));
        browser.ReceiveRtp();
    }

    [Fact]
    public void A_check_that_was_recorded_does_not_move_the_media()
    {
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId port);
        browser.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        byte[] check = SimulatedBrowser.CheckOf(browser.Opened.Ufrag, browser.Opened.Password);
        browser.SendRaw(check);
        Assert.Equal(0x01, browser.ReceiveRaw()[0]);
        using var thief = new UdpClientSocket("127.0.0.9");
        thief.Send(check, room.Plane.WebNumber);
        Room.Until(() => room.Drops(DropReason.Stranger) == 1, "it is counted");
        joe.Send(Packets.Rtp(500, 1));
        browser.ReceiveRtp();
        Assert.Empty(thief.Drain());
    }

    [Fact]
    public void Handshakes_that_are_never_finished_hold_up_nobody()
    {
        const int many = 10_000, atOnce = 200;
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var another = Join(room, out PortId _);
        byte[][] hello = another.Hello();
        long before = Environment.WorkingSet;
        for (int i = 0; i < many; i += atOnce)
        {
            // Who does not know a password gets no handshake at all. Each has an address of its own, and is gone once it has been answered.
            List<RudeBrowser> rude = [.. Enumerable.Range(i, atOnce).Select(n => new RudeBrowser(room, another, new IPAddress([127, 1, (byte)(n / 250), (byte)((n % 250) + 1)])))];
            Room.Until(() => Ask(rude, hello) == 0, "answered");
        }

        Assert.InRange((Environment.WorkingSet - before) / many, 0, 150_000);
        another.BeginHandshake();
        byte[] noise = new byte[200];
        for (int i = 0; i < 10_000; i++)
        {
            Random.Shared.NextBytes(noise);
            (noise[0], noise[1], noise[2]) = (22, 254, 253);
            another.SendRaw(noise);
        }

        using var honest = Join(room, out PortId port);
        honest.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        joe.Send(Packets.Rtp(500, 1));
        honest.ReceiveRtp();
    }

    [Fact]
    public void A_browser_that_sends_by_hundreds_of_numbers_is_heard_by_some_and_harms_none()
    {
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId port);
        browser.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        for (uint ssrc = 1; ssrc <= 250; ssrc++)
            browser.SendRtp("1", ssrc, 1, "many", SimulatedBrowser.Vp8);
        byte[] last = [];
        for (int i = 0; i < 20; i++)
            last = joe.Receive();
        Assert.Equal(7002u, Packets.SsrcOf(last));
        joe.Send(Packets.Rtp(500, 1));
        browser.ReceiveRtp();
    }

    [Fact]
    public void Numbers_of_a_browser_that_wrap_go_on()
    {
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId port);
        browser.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        for (int i = 0; i < 20; i++)
            browser.SendRtp("1", 5, (ushort)(65_530 + i), "wraps", SimulatedBrowser.Vp8);
        for (int i = 0; i < 20; i++)
            Assert.Equal((ushort)(65_530 + i), System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(joe.Receive().AsSpan(2)));
    }

    [Fact]
    public void A_browser_that_comes_from_ever_more_addresses_keeps_few_of_them()
    {
        using var room = NewRoom();
        Member joe = room.Join("127.0.0.1");
        using var browser = Join(room, out PortId port);
        browser.Connect();
        Room.Until(() => room.Plane.Read(port)!.IsLatched, "connected");
        int before = Descriptors.Count();
        List<UdpClientSocket> elsewhere = [.. Enumerable.Range(0, 40).Select(i => new UdpClientSocket($"127.0.4.{i + 1}"))];
        foreach (UdpClientSocket socket in elsewhere)
        {
            socket.Send(SimulatedBrowser.CheckOf(browser.Opened.Ufrag, browser.Opened.Password), room.Plane.WebNumber);
            Assert.Equal(0x01, socket.Receive()[0]);
        }

        Room.Until(() => Descriptors.Count() <= before + elsewhere.Count + 8, "the ways of before are closed");
        // The last one it named is the one media takes.
        joe.Send(Packets.Rtp(500, 1));
        Assert.InRange(elsewhere[^1].Receive()[0], 128, 191);
        elsewhere.ForEach(e => e.Dispose());
    }

    [Fact]
    public void Connections_by_tcp_are_bounded()
    {
        using var room = new Room(Carrier.Linux, with: o => o with { Web = new WebOptions(0) { MaxTcpConnections = 3 } });
        List<TcpClient> clients = [.. Enumerable.Range(0, 4).Select(_ => new TcpClient("127.0.0.1", room.Plane.WebNumber))];
        Room.Until(() => clients.Exists(c => c.Client.Poll(0, SelectMode.SelectRead) && c.Client.Available == 0), "the fourth is closed");
        clients.ForEach(c => c.Dispose());
    }

    /// <returns>How many have not begun yet.</returns>
    private static int Ask(List<RudeBrowser> rude, byte[][] hello)
    {
        rude.RemoveAll(r => r.HasBegun(hello));
        // The processors are for those who answer.
        Thread.Sleep(5);
        return rude.Count;
    }

    private static Room NewRoom() => new(Carrier.Linux, with: o => o with { Web = new WebOptions(0) });

    private static SimulatedBrowser Join(Room room, out PortId port)
    {
        var browser = new SimulatedBrowser(room.Plane, room.Id);
        room.Plane.Agree(browser.Id, browser.Agreement());
        port = room.JoinWeb(browser.Id, new ServiceName("video"));
        return browser;
    }

    /// <summary>A browser that begins a handshake and goes, all of it by one socket.</summary>
    private sealed class RudeBrowser
    {
        private readonly UdpClientSocket _socket;
        private readonly byte[] _check;
        private readonly int _port;
        private long _saidAt = -Pause;

        // What is lost on the way is said again, as browsers do.
        private const int Pause = 50;

        public RudeBrowser(Room room, SimulatedBrowser like, IPAddress address)
        {
            var opened = Assert.IsType<WebOpening.Opened>(room.Plane.OpenWeb(room.Id));
            room.Plane.Agree(opened.Id, like.Agreement());
            (_socket, _port) = (new UdpClientSocket(address), room.Plane.WebNumber);
            _check = SimulatedBrowser.CheckOf(opened.Ufrag, opened.Password);
        }

        public bool HasBegun(byte[][] hello)
        {
            List<byte[]> answers = _socket.Drain();
            if (answers.Exists(a => a[0] == 22))
            {
                _socket.Dispose();
                return true;
            }

            bool isKnown = answers.Exists(a => a[0] == 1);
            if (!isKnown && Environment.TickCount64 - _saidAt < Pause)
                return false;
            _saidAt = Environment.TickCount64;
            foreach (byte[] next in isKnown ? hello : [_check])
                _socket.Send(next, _port);
            return false;
        }
    }
}
