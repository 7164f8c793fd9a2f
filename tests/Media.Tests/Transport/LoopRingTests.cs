using System.Net;
using Conference.Media.Forwarding;
using Conference.Media.Speech;
using Conference.Media.Transport.Linux;

namespace Conference.Media.Tests.Transport;

public sealed class LoopRingTests : IDisposable
{
    private readonly LoopRing _ring = new();
    private readonly ReceiveSlab _slab = new();

    [Fact]
    public void Any_traffic_comes_out_as_it_went_in_whatever_is_refused_in_between()
    {
        var random = new Random(5);
        LinuxPort[] ports = [.. Enumerable.Range(0, 50).Select(i => PortOn(null!, i))];
        var expected = new Queue<(byte[][] Datagrams, LinuxPort[] Ports)>();
        int refused = 0;
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < 52)
            {
                Datagram[] batch = RandomBatch(random);
                if (!_ring.TryBegin(_slab.Bytes, batch, 0))
                {
                    refused++;
                    continue;
                }

                LinuxPort[] to = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => ports[random.Next(50)])];
                int added = to.TakeWhile(_ring.TryAdd).Count();
                Assert.InRange(added, 1, to.Length);
                expected.Enqueue(([.. batch.Select(d => d.In(_slab.Bytes).ToArray())], to[..added]));
                _ring.Publish();
                continue;
            }

            TakeOne(expected);
        }

        while (expected.Count > 0)
            TakeOne(expected);
        Assert.True(_ring.IsEmpty);
        Assert.True(refused > 0, "the ring was never full");
    }

    [Fact]
    public void The_largest_batch_fits_into_an_empty_ring_wherever_it_begins()
    {
        Datagram[] largest = [.. Enumerable.Range(0, ReceiveSlab.Slots).Select(i => new Datagram(ReceiveSlab.Offset(i), 65507))];
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_ring.TryBegin(_slab.Bytes, largest.AsSpan(0, 1 + i % 32), 0));
            _ring.Publish();
            Assert.True(_ring.TryPeek(out _));
            _ring.Free();
            Assert.True(_ring.TryBegin(_slab.Bytes, largest, 0));
            _ring.Publish();
            _ring.Free();
        }
    }

    [Fact]
    public void A_loop_that_is_behind_costs_its_ports_their_datagrams_and_is_counted()
    {
        using var behind = new StuckLoop(_ring);
        var outbox = new Outbox(_slab, new WebPortTable());
        LinuxPort port = PortOn(behind, 1);
        outbox.Know(5, port);
        var counters = new LoopCounters();
        var tally = default(SendTally);
        Datagram[] batch = [new(0, 1200), new(1200, 1200)];
        for (int i = 0; i < LoopRing.ParcelCapacity + 10; i++)
        {
            outbox.Add(5 | Outbox.RelayBit, batch, shared: true, counters, ref tally);
            outbox.Flush();
        }

        Assert.Equal((20, 0), (tally.Dropped, tally.Datagrams));
        Assert.Equal(20, counters.Drops[(int)DropReason.LoopBehind]);
        Assert.Equal(LoopRing.ParcelCapacity, behind.Woken);
    }

    [Fact]
    public void Receivers_of_the_same_bytes_share_one_copy_and_those_of_others_do_not()
    {
        using var loop = new StuckLoop(_ring);
        var outbox = new Outbox(_slab, new WebPortTable());
        outbox.Know(5, PortOn(loop, 1));
        outbox.Know(6, PortOn(loop, 2));
        var counters = new LoopCounters();
        var tally = default(SendTally);
        Datagram[] batch = [new(0, 10), new(10, 10)];
        foreach ((int fd, int count, bool shared) in new[] { (5, 2, true), (6, 2, true), (5, 1, true), (6, 1, true), (5, 1, false), (6, 1, false), (5, 2, true) })
            outbox.Add(fd | Outbox.RelayBit, batch.AsSpan(0, count), shared, counters, ref tally);
        outbox.Flush();
        outbox.Add(5 | Outbox.RelayBit, batch, shared: true, counters, ref tally);
        outbox.Flush();
        List<(int, int)> parcels = [];
        for (; _ring.TryPeek(out LoopRing.Parcel parcel); _ring.Free())
            parcels.Add((parcel.Datagrams, parcel.Ports));
        Assert.Equal([(2, 2), (1, 2), (1, 1), (1, 1), (2, 1), (2, 1)], parcels);
        Assert.Equal(2, loop.Woken);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _slab.Dispose();
    }

    private static LinuxPort PortOn(LinuxMediaLoop outlet, int id) => new(
        new PortId(id), new RoomService(new RoomId("room"), new ServiceName("video"), 0, 0, new Random(1), new SpeakerBoard()),
        AddressKey.From(IPAddress.Loopback), IPAddress.Loopback, 1, outlet);

    private Datagram[] RandomBatch(Random random)
    {
        var batch = new Datagram[random.Next(1, 40)];
        int at = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            int length = random.Next(10) == 0 ? random.Next(0, 30_000) : random.Next(1, 1500);
            batch[i] = new Datagram(at, length);
            at += length;
        }

        random.NextBytes(_slab.Bytes[..Math.Min(at, 2000)]);
        return batch;
    }

    private void TakeOne(Queue<(byte[][] Datagrams, LinuxPort[] Ports)> expected)
    {
        if (!_ring.TryPeek(out LoopRing.Parcel parcel))
        {
            Assert.Empty(expected);
            return;
        }

        (byte[][] datagrams, LinuxPort[] ports) = expected.Dequeue();
        Span<byte> bytes = _ring.Bytes;
        ReadOnlySpan<Datagram> carried = _ring.DatagramsOf(parcel);
        Assert.Equal(datagrams.Length, carried.Length);
        for (int i = 0; i < carried.Length; i++)
            Assert.True(carried[i].In(bytes).SequenceEqual(datagrams[i]), "bytes differ");
        Assert.Equal(ports.Length, parcel.Ports);
        for (int i = 0; i < ports.Length; i++)
            Assert.Same(ports[i], _ring.TakePort(parcel, i));
        _ring.Free();
    }

    /// <summary>Never reads what it is given.</summary>
    private sealed class StuckLoop(LoopRing ring) : LinuxMediaLoop
    {
        public int Woken { get; private set; }

        public override LoopCounters Counters { get; } = new();

        public override LoopRing OpenRing() => ring;

        public override void WakeIfIdle() => Woken++;

        public override LoopStatistics Read() => new("stuck", null, 0, 0, 0);

        public override void Start()
        {
        }

        public override void Post(LoopCommand command)
        {
        }

        public override void Forget(int fd)
        {
        }

        public override void Stop()
        {
        }

        public override void Finish()
        {
        }

        public override void Dispose()
        {
        }
    }
}
