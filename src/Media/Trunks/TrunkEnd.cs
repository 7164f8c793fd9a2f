using Conference.Media.Forwarding;

namespace Conference.Media.Trunks;

/// <summary>One loop's end of all trunks: seals what it sends to other nodes, opens what comes from them. A transport derives its own, with
/// a socket. Used by that loop only, but for its counters.</summary>
/// <param name="table">The keys.</param>
/// <param name="loop">Which loop.</param>
internal abstract class TrunkEnd(TrunkTable table, int loop)
{
    // More than one segmented send takes.
    private const int BufferBytes = 1 << 17;

    // Where it is stays where it is: the kernel reads it.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Datagram[] _sealed = new Datagram[IBatchSender.MostDatagrams];

    public TrunkCounters Counters { get; } = new();

    protected byte[] Buffer => _buffer;

    /// <summary>What is for that node can be sent.</summary>
    public bool Reaches(TrunkOutlet to) => to.Peer.SendingKeyOf(loop)?.AddressOf(to.PeerLoop) is not null;

    /// <summary>Sends what a port of this node has sent to a room's members on another.</summary>
    /// <param name="to">They.</param>
    /// <param name="from">Whose datagrams these are.</param>
    /// <param name="slab">The bytes.</param>
    /// <param name="batch">In order.</param>
    public void Send(TrunkOutlet to, MediaPort from, ReadOnlySpan<byte> slab, ReadOnlySpan<Datagram> batch) =>
        Send(to.Peer, to.PeerLoop, TrunkDatagram.LabelOf(from.Id), isFeedback: false, slab, batch);

    /// <summary>Tells the node of a port what receivers here miss.</summary>
    /// <param name="to">The port.</param>
    /// <param name="slab">The bytes.</param>
    /// <param name="rtcp">About that port's sources, in the numbers they come in.</param>
    public void SendFeedback(TrunkPort to, ReadOnlySpan<byte> slab, ReadOnlySpan<Datagram> rtcp) =>
        Send(to.Peer, to.PeerLoop, TrunkDatagram.LabelOf(to.Id), isFeedback: true, slab, rtcp);

    /// <summary>Finds out what a datagram is that has come, opens it where it lies, and counts it.</summary>
    /// <returns>False when it goes no further.</returns>
    public bool TryOpen(Span<byte> datagram, out TrunkArrival arrival)
    {
        arrival = default;
        if (!TrunkDatagram.TryReadHeader(datagram, out TrunkHeader header))
            return Drop(TrunkDropReason.Malformed);
        if (table.KeyOf(header.Index) is not { } key)
            return Drop(TrunkDropReason.UnknownPeer);
        ReceivingKey.Part part = key[loop];
        if (!part.TryOpen(header, datagram))
            return Drop(TrunkDropReason.Forged);
        if (!part.TryTake(header))
            return Drop(TrunkDropReason.Replayed);
        Counters.DatagramsIn++;
        Counters.BytesIn += datagram.Length;
        uint label = TrunkDatagram.ReadLabel(datagram[TrunkDatagram.HeaderBytes..], out bool isFeedback);
        arrival = new TrunkArrival(key.Peer, datagram.Length - TrunkDatagram.Overhead)
        {
            From = !isFeedback && key.Peer.Ports.TryGetValue(label, out TrunkPort? from) && from.Service.Loop == loop ? from : null,
            About = isFeedback && table.Locals.TryGetValue(label, out ClientPort? about) && about.Service.Loop == loop ? about : null,
        };
        return arrival.From is not null || arrival.About is not null || Drop(TrunkDropReason.NoRoute);
    }

    public bool Drop(TrunkDropReason reason, int count = 1)
    {
        Counters.Drops[(int)reason] += count;
        return false;
    }

    /// <summary>Sends datagrams that lie in <see cref="Buffer"/>, and counts as an <see cref="IBatchSender"/> does.</summary>
    protected abstract void Transmit(TrunkAddress to, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally);

    private void Send(TrunkPeer peer, int receiver, uint label, bool isFeedback, ReadOnlySpan<byte> slab, ReadOnlySpan<Datagram> batch)
    {
        if (peer.SendingKeyOf(loop) is not { } key || key.AddressOf(receiver) is not { } address)
        {
            Drop(TrunkDropReason.NoTrunk, batch.Length);
            return;
        }

        int count = 0;
        int at = 0;
        foreach (ref readonly Datagram datagram in batch)
        {
            int length = datagram.Length + TrunkDatagram.Overhead;
            if (length > TrunkDatagram.MaxBytes)
            {
                Drop(TrunkDropReason.TooLarge);
                continue;
            }

            if (at + length > BufferBytes || count == _sealed.Length)
            {
                Flush(address, count);
                (count, at) = (0, 0);
            }

            ReadOnlySpan<byte> bytes = slab.Slice(datagram.Offset, datagram.Length);
            if (!key.TrySeal(receiver, label, isFeedback, bytes, _buffer.AsSpan(at, length)))
            {
                Drop(TrunkDropReason.NoTrunk);
                continue;
            }

            _sealed[count++] = new Datagram(at, length);
            at += length;
        }

        if (count > 0)
            Flush(address, count);
    }

    private void Flush(TrunkAddress address, int count)
    {
        var tally = default(SendTally);
        Transmit(address, _sealed.AsSpan(0, count), Counters.Sends, ref tally);
        Counters.DatagramsOut += tally.Datagrams;
        Counters.BytesOut += tally.Bytes;
    }
}

/// <summary>What has come by a trunk, opened.</summary>
/// <param name="Peer">From which node.</param>
/// <param name="Length">Of the datagram within.</param>
internal readonly record struct TrunkArrival(TrunkPeer Peer, int Length)
{
    /// <summary>Where the datagram within begins.</summary>
    public const int Offset = TrunkDatagram.HeaderBytes + TrunkDatagram.LabelBytes;

    /// <summary>Who has sent it; null for feedback.</summary>
    public TrunkPort? From { get; init; }

    /// <summary>The member here that feedback is for; null for what a port has sent.</summary>
    public ClientPort? About { get; init; }
}
