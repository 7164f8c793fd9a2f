using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Rtp;

namespace Conference.Client.Tests.Media;

public class MediaSenderTests
{
    private const uint Ssrc = 7;

    private readonly BlockingCollection<int> _sent = [];

    [Fact]
    public async Task While_it_is_muted_nothing_goes_out_and_afterwards_no_number_is_missing()
    {
        await using var sender = new MediaSender(d => _sent.Add(BinaryPrimitives.ReadUInt16BigEndian(d[2..])), PayloadFormat.Opus, Ssrc, TimeProvider.System);
        using var ffmpeg = new UdpClient();
        ffmpeg.Connect(IPAddress.Loopback, sender.LocalPort);

        Send(ffmpeg, 65534);
        Send(ffmpeg, 65535);
        Assert.Equal([65534, 65535], Take(2));
        sender.IsMuted = true;
        for (int i = 0; i < 10; i++)
            Send(ffmpeg, i);
        // A report says that the ten were taken: it goes out muted too.
        ffmpeg.Send([0x80, 200, 0, 1, 0, 0, 0, (byte)Ssrc]);
        Assert.Equal([1], Take(1));
        sender.IsMuted = false;
        Send(ffmpeg, 10);
        Send(ffmpeg, 11);

        Assert.Equal([0, 1], Take(2));
        Assert.Equal(4, sender.Packets);
        Assert.Empty(_sent);
    }

    private static void Send(UdpClient ffmpeg, int sequence)
    {
        byte[] packet = new byte[20];
        (packet[0], packet[1], packet[11]) = (0x80, 111, (byte)Ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sequence);
        ffmpeg.Send(packet);
    }

    private int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _sent.TryTake(out int number, TimeSpan.FromSeconds(20)) ? number : -1)];
}
