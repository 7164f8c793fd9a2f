using System.Net;
using System.Net.Sockets;
using Conference.Client.Load;
using Conference.Protocol.Rtp;

namespace Conference.Client.Tests.Load;

public class LoadPartsTests
{
    [Fact]
    public void Percentiles_are_within_three_percent()
    {
        var histogram = new DelayHistogram();
        for (int i = 1; i <= 100_000; i++)
            histogram.Add(i * 1000L);
        Assert.InRange(histogram.Percentile(0.5), 48_500_000, 51_500_000);
        Assert.InRange(histogram.Percentile(0.99), 96_000_000, 100_000_000);
        Assert.Equal(100_000_000, histogram.MaxNanoseconds);
        Assert.InRange(histogram.Percentile(1), 97_000_000, 100_000_000);
        Assert.Equal(0, new DelayHistogram().Percentile(0.5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(1023)]
    [InlineData(long.MaxValue)]
    public void Any_one_value_is_its_own_median(long value)
    {
        var histogram = new DelayHistogram();
        histogram.Add(value);
        Assert.InRange(histogram.Percentile(0.5), value - (value / 32), value);
    }

    [Fact]
    public void A_packet_is_rtp_and_carries_its_measure()
    {
        byte[] datagram = new byte[LoadPacket.MinSize];
        var packet = new LoadPacket(9, LoadPlan.Join(65535, 32767), 1L << 40, 12345);
        packet.Write(datagram, new RtpPacket(96, true, 1, 2, 3));
        Assert.True(RtpPacket.TryParse(datagram, out _));
        Assert.True(LoadPacket.TryRead(datagram, out var read));
        Assert.Equal(packet, read);
        Assert.Equal((65535, 32767), LoadPlan.Split(read.Sender));
        for (int length = 0; length < datagram.Length; length++)
            Assert.False(LoadPacket.TryRead(datagram.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("127.1.0.1", 0, "127.1.0.1")]
    [InlineData("127.1.0.255", 1, "127.1.1.0")]
    [InlineData("127.1.255.255", 300, "127.2.1.43")]
    [InlineData("::1", 65536, "::1:1")]
    public void Addresses_carry_over(string first, int steps, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), LoadPlan.AddressAfter(IPAddress.Parse(first), steps));

    [Fact]
    public void Clients_are_dealt_out_evenly()
    {
        var rooms = Enumerable.Range(0, 10).Select(i => LoadPlan.PlaceOf(i, 3)).GroupBy(p => p.Room).OrderBy(g => g.Key).ToArray();
        Assert.Equal([4, 3, 3], rooms.Select(g => g.Count()));
        Assert.Equal([4, 3, 3], Enumerable.Range(0, 3).Select(r => LoadPlan.MembersOf(r, 10, 3)));
        Assert.All(rooms, g => Assert.Equal(Enumerable.Range(0, g.Count()), g.Select(p => p.Place)));
    }

    [Theory]
    [InlineData("2", 10, 2)]
    [InlineData("20", 10, 10)]
    [InlineData("25%", 10, 3)]
    [InlineData("0", 10, 0)]
    [InlineData("100%", 7, 7)]
    public void Senders_are_a_number_or_a_share(string text, int members, int expected)
    {
        Assert.True(SenderCount.TryParse(text, out var count));
        Assert.Equal(expected, count.In(members));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("x")]
    public void Other_words_are_no_senders(string text) => Assert.False(SenderCount.TryParse(text, out _));

    [Fact]
    public void Epoll_and_its_portable_reference_find_the_same_sockets()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");
        var sockets = Enumerable.Range(0, 50).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)).ToArray();
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Array.ForEach(sockets, s => s.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
        using ReadySockets fast = new EpollSockets(), portable = new SelectSockets();
        for (int i = 0; i < sockets.Length; i++)
        {
            fast.Add(sockets[i], i);
            portable.Add(sockets[i], i);
        }

        var random = new Random(3);
        for (int round = 0; round < 20; round++)
        {
            int[] chosen = [.. Enumerable.Range(0, 50).Where(_ => random.Next(4) == 0)];
            foreach (int i in chosen)
                sender.SendTo([1], sockets[i].LocalEndPoint!);
            Assert.Equal(chosen, Ready(fast));
            Assert.Equal(chosen, Ready(portable));
            foreach (int i in chosen)
                sockets[i].Receive(new byte[10]);
        }

        Array.ForEach(sockets, s => s.Dispose());
    }

    private static int[] Ready(ReadySockets sockets)
    {
        int[] ready = new int[100];
        int count = sockets.Wait(ready, 10);
        return [.. ready.Take(count).Order()];
    }
}
