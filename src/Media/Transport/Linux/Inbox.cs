using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>What other loops hand to this one: a ring from each that has anything. Rings are added from any thread; all else is the
/// loop's own.</summary>
/// <param name="senderFrom">Makes the send step for datagrams that lie in a ring.</param>
internal sealed class Inbox<TSender>(Func<nint, TSender> senderFrom, LoopCounters counters, TimeProvider time) : IDisposable
    where TSender : struct, IBatchSender
{
    // Copies made before the loop looks at its own ports again.
    private const int CopiesPerTurn = 2048;

    private readonly Lock _gate = new();
    private readonly double _secondsPerTick = 1.0 / time.TimestampFrequency;
    private volatile (LoopRing Ring, TSender Sender)[] _rings = [];

    /// <summary>Where the next turn begins, so that each ring gets one.</summary>
    private int _next;

    /// <summary>No other loop has ever had anything for this one.</summary>
    public bool IsUnused => _rings.Length == 0;

    public bool IsEmpty
    {
        get
        {
            foreach ((LoopRing ring, _) in _rings)
            {
                if (!ring.IsEmpty)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Parcels that wait. From any thread.</summary>
    public int Queued
    {
        get
        {
            int queued = 0;
            foreach ((LoopRing ring, _) in _rings)
                queued += ring.Count;
            return queued;
        }
    }

    public LoopRing Open()
    {
        var ring = new LoopRing();
        lock (_gate)
            _rings = [.. _rings, (ring, senderFrom(ring.Start))];
        return ring;
    }

    /// <summary>Sends what is there, up to a bound.</summary>
    public void Turn()
    {
        (LoopRing Ring, TSender Sender)[] rings = _rings;
        int budget = CopiesPerTurn;
        for (int i = 0; i < rings.Length && budget > 0; i++)
        {
            _next = (_next + 1) % rings.Length;
            ref (LoopRing Ring, TSender Sender) from = ref rings[_next];
            while (budget > 0 && from.Ring.TryPeek(out LoopRing.Parcel parcel))
            {
                budget -= parcel.Ports * parcel.Datagrams;
                Send(from.Ring, from.Sender, parcel);
                // The last of its batch is what the batch waited for.
                if (parcel.Started != 0 && !(from.Ring.TryPeek(out LoopRing.Parcel next, after: 1) && next.Started == parcel.Started))
                    counters.Delay.Observe((time.GetTimestamp() - parcel.Started) * _secondsPerTick, parcel.Datagrams);
                from.Ring.Free();
            }
        }
    }

    public void Dispose()
    {
        foreach ((LoopRing ring, _) in _rings)
            ring.Dispose();
    }

    private void Send(LoopRing ring, TSender sender, in LoopRing.Parcel parcel)
    {
        ReadOnlySpan<Datagram> datagrams = ring.DatagramsOf(parcel);
        int service = 0;
        var sent = default(SendTally);
        for (int i = 0; i < parcel.Ports; i++)
        {
            LoopPort port = ring.TakePort(parcel, i);
            service = port.Service.CounterIndex;
            // Read now: whoever has closed the port since is not sent to, and its descriptor is closed by this thread only.
            int handle = port.Handle;
            if (handle < 0)
                continue;
            var tally = default(SendTally);
            sender.Send(handle & ~Outbox.RelayBit, datagrams, counters, ref tally);
            port.Relayed.Sent(tally);
            sent.Datagrams += tally.Datagrams;
            sent.Bytes += tally.Bytes;
        }

        counters.Services[service].DatagramsOut += sent.Datagrams;
        counters.Services[service].BytesOut += sent.Bytes;
    }
}
