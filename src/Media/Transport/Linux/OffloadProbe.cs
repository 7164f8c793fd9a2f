using System.Net;
using System.Net.Sockets;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>Finds out what the kernel's offloads are worth here by using them: three datagrams from one socket to another on this
/// host. A version number would not know what a container's sandbox or a security module makes of it.</summary>
internal static class OffloadProbe
{
    private const int Segment = 300;
    private static readonly int[] s_sizes = [Segment, Segment, 100];

    // On loopback a datagram is there before its send returns.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    public static MediaOffload Run()
    {
        using var slab = new ReceiveSlab();
        using var message = new SegmentedMessage();
        try
        {
            (Socket from, Socket to) = OpenPair();
            using (from)
            using (to)
            {
                var sender = new SegmentedSender(slab.Start, message);
                OffloadFeature segmentation = TrySegmentation(sender, from, to, slab);
                OffloadFeature coalescing = TryCoalescing(segmentation.IsOn ? sender : null, from, to, slab);
                return new MediaOffload(segmentation, coalescing);
            }
        }
        catch (SocketException error)
        {
            return MediaOffload.None($"not to be tried: {error.Message}");
        }
    }

    private static OffloadFeature TrySegmentation(SegmentedSender sender, Socket from, Socket to, ReceiveSlab slab)
    {
        byte[] sent = Fill(slab);
        Datagram[] batch = Batch();
        var counters = new LoopCounters();
        var tally = default(SendTally);
        sender.Send((int)from.Handle, batch, counters, ref tally);
        if (counters.OffloadFallbacks > 0 || tally.Datagrams != batch.Length)
            return new OffloadFeature(false, "the kernel refuses UDP_SEGMENT");
        byte[] received = new byte[sent.Length + 1];
        int at = 0;
        foreach (int size in s_sizes)
        {
            if (!to.Poll(s_patience, SelectMode.SelectRead) || to.Receive(received, at, received.Length - at, SocketFlags.None) != size)
                return new OffloadFeature(false, "datagrams sent with UDP_SEGMENT do not arrive as they were");
            at += size;
        }

        return received.AsSpan(0, at).SequenceEqual(sent)
            ? new OffloadFeature(true, "UDP_SEGMENT works")
            : new OffloadFeature(false, "UDP_SEGMENT changes bytes");
    }

    private static OffloadFeature TryCoalescing(SegmentedSender? sender, Socket from, Socket to, ReceiveSlab slab)
    {
        if (!GroReceiver.Enable((int)to.Handle))
            return new OffloadFeature(false, "the kernel refuses UDP_GRO");
        byte[] sent = Fill(slab);
        if (sender is { } segmented)
        {
            // Arrives as one buffer where nothing between the two splits it.
            var tally = default(SendTally);
            segmented.Send((int)from.Handle, Batch(), new LoopCounters(), ref tally);
        }
        else
        {
            foreach (ref readonly Datagram datagram in Batch().AsSpan())
                from.Send(datagram.In(sent));
        }

        // Whether the kernel joins them is its affair; what matters is that they are read as they were sent.
        var receiver = new GroReceiver(slab);
        int read = 0;
        while (read < sent.Length && to.Poll(s_patience, SelectMode.SelectRead))
        {
            int received = receiver.Receive((int)to.Handle, ReceiveSlab.Slots);
            for (int slot = 0; slot < received; slot++)
            {
                Span<byte> bytes = slab.Bytes.Slice(ReceiveSlab.Offset(slot), slab.Length(slot));
                if (!sent.AsSpan(read).StartsWith(bytes) || receiver.SegmentOf(slot) > Segment)
                    return new OffloadFeature(false, "UDP_GRO changes bytes");
                read += bytes.Length;
            }
        }

        return read == sent.Length
            ? new OffloadFeature(true, "UDP_GRO works")
            : new OffloadFeature(false, "datagrams do not arrive with UDP_GRO");
    }

    private static (Socket From, Socket To) OpenPair()
    {
        bool v4 = Socket.OSSupportsIPv4;
        IPAddress loopback = v4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        var to = new Socket(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var from = new Socket(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            to.Bind(new IPEndPoint(loopback, 0));
            from.Bind(new IPEndPoint(loopback, 0));
            from.Connect(to.LocalEndPoint!);
            to.Connect(from.LocalEndPoint!);
            return (from, to);
        }
        catch
        {
            from.Dispose();
            to.Dispose();
            throw;
        }
    }

    private static byte[] Fill(ReceiveSlab slab)
    {
        byte[] bytes = new byte[s_sizes.Sum()];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i * 7);
        bytes.CopyTo(slab.Bytes);
        return bytes;
    }

    private static Datagram[] Batch()
    {
        var batch = new Datagram[s_sizes.Length];
        int offset = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] = new Datagram(offset, s_sizes[i]);
            offset += s_sizes[i];
        }

        return batch;
    }
}
