using System.Runtime.InteropServices;
using System.Threading.Channels;
using Conference.Media.Forwarding;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>Seals batches for browsers, one behind the other into memory of its own, so that what was one run is one again. Belongs to one thread.</summary>
/// <param name="senderFrom">Makes the send step for datagrams whose offsets count from an address.</param>
internal sealed unsafe class WebSealer<TSender>(Func<nint, TSender> senderFrom, WebPortTable ports, TimeProvider time, ChannelWriter<MediaEvent> events)
    where TSender : struct, IBatchSender
{
    private const int Capacity = 512 * 1024;

    private readonly Datagram[] _sealed = new Datagram[IBatchSender.MostDatagrams];
    private readonly double _microsPerTick = 1e6 / time.TimestampFrequency;
    private nint _memory;
    private TSender _sender;

    /// <param name="index">The port's, in the table.</param>
    /// <param name="start">Where the batch's offsets count from.</param>
    public void Send(int index, nint start, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        // Closed a moment ago.
        if (ports[index] is not { } port || port.Link is not { Sender: { } sender, Path: { } path, Agreement: { } agreement } link)
            return;
        if (_memory == 0)
            _sender = senderFrom(_memory = (nint)NativeMemory.AlignedAlloc(Capacity, 4096));
        WebDownlink downlink = link.Downlink;
        downlink.Adopt(agreement);
        long now = (long)(time.GetTimestamp() * _microsPerTick);
        int used = 0;
        int count = 0;
        foreach (ref readonly Datagram datagram in batch)
        {
            int most = datagram.Length + WebDownlink.MaxOverhead;
            if (most > Capacity - used)
            {
                _sender.Send(path.Socket, _sealed.AsSpan(0, count), counters, ref tally);
                (used, count) = (0, 0);
            }

            int length = downlink.Seal(
                port, new ReadOnlySpan<byte>((byte*)start + datagram.Offset, datagram.Length), sender, new Span<byte>((byte*)_memory + used, most), now);
            if (length == 0)
                continue;
            _sealed[count++] = new Datagram(used, length);
            used += length;
        }

        if (count > 0)
            _sender.Send(path.Socket, _sealed.AsSpan(0, count), counters, ref tally);
        if (downlink.Seats is { HasChanged: true } or { IsShort: true })
            Tell(port, downlink.Seats);
    }

    /// <summary>When its thread has ended.</summary>
    public void Free() => NativeMemory.AlignedFree((void*)_memory);

    private void Tell(WebPort port, WebSeats seats)
    {
        events.TryWrite(new MediaEvent.Seated(port.Service.Room, port.Id, port.Link.Id, seats.IsShort));
        (seats.HasChanged, seats.IsShort) = (false, false);
    }
}
