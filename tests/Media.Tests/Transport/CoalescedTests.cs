using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Transport;

/// <summary>Clients that send with segmentation offload, so that their bursts reach the plane as one buffer.</summary>
public sealed class CoalescedTests
{
    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain), InlineData(Carrier.Portable)]
    public void Bursts_of_every_segment_size_pass_datagram_by_datagram(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member sender = room.Join("127.0.0.1");
        Member receiver = room.Join("127.0.0.2");
        var random = new Random(1);
        (int Size, int Total)[] bursts =
            [(1, 64), (1, 7), (2, 127), (3, 190), (11, 12), (12, 13), (13, 800), (160, 1600), (999, 4001), (1200, 12_000), (1471, 64_000), (8000, 65_507), (30_000, 65_507), (65_506, 65_507)];
        foreach ((int size, int total) in bursts)
        {
            byte[] bytes = new byte[total];
            random.NextBytes(bytes);
            sender.Socket.SendSegments(bytes, size, sender.Number);
            for (int at = 0; at < total; at += size)
                Assert.Equal(bytes[at..Math.Min(total, at + size)], receiver.Receive());
        }

        Assert.Empty(receiver.Socket.Drain());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    public void A_flood_of_full_buffers_keeps_its_order_and_is_counted_by_datagram(Carrier carrier)
    {
        // More buffers than a batch holds, and more datagrams than are forwarded at once.
        using var room = new Room(carrier);
        Member sender = room.Join("127.0.0.1");
        Member receiver = room.Join("127.0.0.2");
        byte[] bytes = new byte[64 * 4];
        for (int burst = 0; burst < 50; burst++)
        {
            for (int i = 0; i < 64; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(i * 4), burst * 64 + i);
            sender.Socket.SendSegments(bytes, 4, sender.Number);
        }

        for (int i = 0; i < 50 * 64; i++)
            Assert.Equal(i, BitConverter.ToInt32(receiver.Receive()));
        Room.Until(() => receiver.Statistics.DatagramsOut == 3200, "counted");
        Assert.Equal((3201, 12_800), (sender.Statistics.DatagramsIn, sender.Statistics.BytesIn));
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    public void A_burst_that_latches_is_forwarded_whole(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member receiver = room.Join("127.0.0.2");
        Member sender = room.Join("127.0.0.1", latch: false);
        byte[] bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        for (int i = 0; i < 20; i++)
            sender.Socket.SendSegments(bytes, 100, sender.Number);
        for (int i = 0; i < 200; i++)
            Assert.Equal(bytes[(i % 10 * 100)..(i % 10 * 100 + 100)], receiver.Receive());
    }

    [Theory, InlineData(Carrier.Linux), InlineData(Carrier.LinuxPlain)]
    public void Sources_are_kept_apart_within_a_burst(Carrier carrier)
    {
        using var room = new Room(carrier);
        Member alice = room.Join("127.0.0.1");
        Member bob = room.Join("127.0.0.2");
        Member carol = room.Join("127.0.0.3");
        byte[] burst = [.. Enumerable.Range(1, 4).SelectMany(i => Packets.Rtp(7, (ushort)i, "same size"))];
        int size = burst.Length / 4;
        alice.Socket.SendSegments(burst, size, alice.Number);
        for (ushort i = 1; i <= 4; i++)
            Assert.Equal(Packets.Rtp(7, i, "same size"), carol.Receive());
        bob.Socket.SendSegments(burst, size, bob.Number);
        uint shown = 0;
        for (ushort i = 1; i <= 4; i++)
        {
            byte[] received = carol.Receive();
            shown = shown == 0 ? Packets.SsrcOf(received) : shown;
            Assert.Equal(Packets.Rtp(shown, i, "same size"), received);
        }

        Assert.NotEqual(7u, shown);
    }
}
