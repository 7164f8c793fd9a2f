using System.Net;
using System.Net.Sockets;
using Conference.Integration.Tests;
using Conference.Media.Forwarding;
using Conference.Media.Tests.Support;
using Conference.Media.Transport.Linux;

namespace Conference.Media.Tests.Transport;

/// <summary>Segmented sending and coalesced receiving against the plain steps: whatever the traffic, the same datagrams in the same
/// order, in each of the four pairings.</summary>
public sealed class OffloadEquivalenceTests : IDisposable
{
    private readonly ReceiveSlab _outgoing = new();
    private readonly ReceiveSlab _incoming = new();
    private readonly SegmentedMessage _message = new();
    private readonly LoopCounters _counters = new();

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Every_pairing_of_steps_carries_the_same_datagrams(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 25; round++)
        {
            List<byte[]> traffic = Traffic(random);
            bool scattered = random.Next(2) == 0;
            foreach (bool segmented in new[] { false, true })
            {
                foreach (bool coalesced in new[] { false, true })
                {
                    List<byte[]> carried = Carry(traffic, scattered, segmented, coalesced);
                    Assert.Equal(traffic.Count, carried.Count);
                    Assert.True(traffic.Zip(carried).All(p => p.First.AsSpan().SequenceEqual(p.Second)), $"seed {seed}, round {round}");
                }
            }
        }

        Assert.Equal(0, _counters.OffloadFallbacks);
        Assert.Equal(0, _counters.Drops.Sum());
    }

    [Fact]
    public void A_run_is_datagrams_of_one_size_and_perhaps_a_shorter_last()
    {
        Assert.Equal((3, 300), Run(100, 100, 100, 101));
        Assert.Equal((3, 250), Run(100, 100, 50, 100));
        Assert.Equal((1, 100), Run(100, 101));
        Assert.Equal((2, 101), Run(100, 1, 1));
        Assert.Equal((1, 100), Run(100, 0, 100));
        Assert.Equal((1, 0), Run(0, 0));
        Assert.Equal((1, 65507), Run(65507, 1));
        Assert.Equal((2, 65507), Run(65506, 1, 1));
        Assert.Equal((64, 64), Run([.. Enumerable.Repeat(1, 100)]));
        Assert.Equal((54, 64800), Run([.. Enumerable.Repeat(1200, 60)]));
    }

    [Fact]
    public void A_run_the_kernel_refuses_goes_one_by_one_is_counted_and_is_tried_again_later()
    {
        using Socket receiver = Bound();
        using Socket sender = ConnectedTo(receiver);
        RefuseSegmentation(sender);
        Datagram[] batch = [new(0, 1400), new(1400, 1400)];
        var tally = default(SendTally);
        for (int i = 0; i < 257; i++)
            new SegmentedSender(_outgoing.Start, _message).Send((int)sender.Handle, batch, _counters, ref tally);
        Assert.Equal(2, _counters.OffloadFallbacks);
        Assert.Equal(514, tally.Datagrams);
    }

    [Fact]
    public void A_full_socket_drops_the_run_at_once_and_a_refused_one_is_tried_again()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Connect(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        var tally = default(SendTally);
        var sender = new SegmentedSender(_outgoing.Start, _message);
        for (int i = 0; i < 3; i++)
            sender.Send((int)nobody.Handle, [new(0, 10), new(10, 10)], _counters, ref tally);
        Assert.Equal((6, 60, 2), (tally.Datagrams, tally.Bytes, tally.Dropped));
        Assert.Equal(2, _counters.Drops[(int)DropReason.ReceiverGone]);
        Assert.Equal(0, _counters.OffloadFallbacks);
    }

    [Fact]
    public void A_closed_ports_descriptor_refuses_and_nothing_breaks()
    {
        int tombstone = LinuxSockets.OpenTombstone();
        var tally = default(SendTally);
        new SegmentedSender(_outgoing.Start, _message).Send(tombstone, [new(0, 10), new(10, 10)], _counters, ref tally);
        Assert.Equal((2, 2), (tally.Dropped, _counters.Drops[(int)DropReason.SendFailed]));
        _ = LibC.Close(tombstone);
    }

    [Fact]
    public void The_trial_at_start_says_what_it_found()
    {
        MediaOffload offload = OffloadProbe.Run();
        Assert.NotEmpty(offload.Segmentation.Why);
        Assert.NotEmpty(offload.Coalescing.Why);
        Assert.True(offload.Segmentation.IsOn, offload.Segmentation.Why);
        Assert.True(offload.Coalescing.IsOn, offload.Coalescing.Why);
    }

    public void Dispose()
    {
        _outgoing.Dispose();
        _incoming.Dispose();
        _message.Dispose();
    }

    private static (int, int) Run(params int[] sizes)
    {
        var batch = sizes.Select(s => new Datagram(0, s)).ToArray();
        int run = SegmentedSender.RunLength(batch, out int bytes);
        return (run, bytes);
    }

    // Runs of equal sizes, with and without a shorter last, lone ones, empty ones and the largest there are; at most a socket's buffer.
    private static List<byte[]> Traffic(Random random)
    {
        List<byte[]> traffic = [];
        int budget = 1 << 20;
        int count = random.Next(1, 100);
        while (traffic.Count < count)
        {
            int size = random.Next(8) switch
            {
                0 => 0,
                1 => random.Next(65400, 65508),
                2 => random.Next(1, 4),
                3 => 1200,
                4 => random.Next(10_000, 40_000),
                _ => random.Next(1, 1500),
            };
            int run = random.Next(3) == 0 ? 1 : random.Next(1, 90);
            for (int i = 0; i < run && (budget -= size + 768) > 0; i++)
                traffic.Add(Bytes(random, size));
            if (random.Next(2) == 0 && size > 1 && budget > size)
                traffic.Add(Bytes(random, random.Next(1, size)));
            if (budget <= 0)
                break;
        }

        return traffic;
    }

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private List<byte[]> Carry(List<byte[]> traffic, bool scattered, bool segmented, bool coalesced)
    {
        using Socket receiver = Bound();
        using Socket sender = ConnectedTo(receiver);
        receiver.Connect(sender.LocalEndPoint!);
        Assert.True(!coalesced || GroReceiver.Enable((int)receiver.Handle));

        List<byte[]> received = [];
        var tally = default(SendTally);
        int next = 0;
        while (next < traffic.Count)
        {
            // As much as the slab takes, side by side or each in a slot of its own.
            var batch = new List<Datagram>();
            int at = 0;
            while (next < traffic.Count && batch.Count < 100 && (scattered ? batch.Count < ReceiveSlab.Slots : at + traffic[next].Length < _outgoing.Bytes.Length))
            {
                int offset = scattered ? ReceiveSlab.Offset(batch.Count) : at;
                traffic[next].CopyTo(_outgoing.Bytes[offset..]);
                batch.Add(new Datagram(offset, traffic[next].Length));
                at += traffic[next++].Length;
            }

            if (segmented)
                new SegmentedSender(_outgoing.Start, _message).Send((int)sender.Handle, batch.ToArray(), _counters, ref tally);
            else
                new PlainSender(_outgoing.Start).Send((int)sender.Handle, batch.ToArray(), _counters, ref tally);
            if (coalesced)
                Receive(new GroReceiver(_incoming), receiver, received);
            else
                Receive(new PlainReceiver(_incoming), receiver, received);
        }

        Assert.Equal((traffic.Count, traffic.Sum(t => (long)t.Length)), (tally.Datagrams, tally.Bytes));
        return received;
    }

    private void Receive<TReceiver>(TReceiver receiver, Socket socket, List<byte[]> into)
        where TReceiver : struct, IBatchReceiver
    {
        for (int messages; (messages = receiver.Receive((int)socket.Handle, ReceiveSlab.Slots)) > 0;)
        {
            for (int slot = 0; slot < messages; slot++)
            {
                Span<byte> left = _incoming.Bytes.Slice(ReceiveSlab.Offset(slot), _incoming.Length(slot));
                int segment = receiver.SegmentOf(slot);
                do
                {
                    int length = Math.Min(segment, left.Length);
                    into.Add(left[..length].ToArray());
                    left = left[length..];
                }
                while (left.Length > 0);
            }
        }
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static Socket ConnectedTo(Socket receiver)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(receiver.LocalEndPoint!);
        return socket;
    }

    // SO_NO_CHECK: the kernel cuts no segments where it makes no checksums.
    private static void RefuseSegmentation(Socket socket) => socket.SetRawSocketOption(1, 11, BitConverter.GetBytes(1));
}
