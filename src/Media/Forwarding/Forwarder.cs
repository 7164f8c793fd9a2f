using Conference.Media.Rtp;

namespace Conference.Media.Forwarding;

/// <summary>Takes a batch from one port to everyone who is to have it. Pure but for the sender it is given.</summary>
/// <typeparam name="TSender">The send step.</typeparam>
internal sealed class Forwarder<TSender>(TSender sender, LoopCounters counters)
    where TSender : struct, IBatchSender
{
    private readonly TSender _sender = sender;

    /// <summary>Forwards what <paramref name="from"/> sent. Reads the routes now, so it must be called after the receive.</summary>
    /// <param name="slab">The bytes; SSRCs that are renumbered are rewritten in it.</param>
    /// <param name="batch">In order of arrival. Overwritten.</param>
    public void Forward(MediaPort from, Span<byte> slab, Span<Datagram> batch)
    {
        RoomService service = from.Service;
        CountIn(from, service, batch);
        ServiceRoutes routes = service.Routes;
        int place = routes.IndexOf(from);
        if (place < 0)
        {
            Drop(from, DropReason.NoRoute, batch.Length);
            return;
        }

        ReadOnlySpan<RouteEntry> entries = routes.Entries;
        if (entries[place].Muted)
        {
            Drop(from, DropReason.Muted, batch.Length);
            return;
        }

        batch = Inspect(from, service.Sources, slab, batch);
        if (batch.IsEmpty)
            return;

        ParticipantId speaker = entries[place].Participant;
        bool anyRenumbered = service.Sources.AnyRenumbered;
        var sent = default(SendTally);
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly RouteEntry entry = ref entries[i];
            MediaPort to = entry.Port;
            if (i == place || (entry.Selective && entry.OnlyFrom != speaker))
                continue;
            int handle = to.Handle;
            if (handle < 0)
                continue;

            var tally = default(SendTally);
            if (anyRenumbered && to.Sources.Renumbered > 0)
                SendTranslated(to, handle, slab, batch, ref tally);
            else
                _sender.SendShared(handle, batch, counters, ref tally);

            to.Counters.Sent(tally);
            sent.Datagrams += tally.Datagrams;
            sent.Bytes += tally.Bytes;
        }

        ref ServiceCounters total = ref counters.Services[service.CounterIndex];
        total.DatagramsOut += sent.Datagrams;
        total.BytesOut += sent.Bytes;
    }

    private void SendTranslated(MediaPort to, int handle, Span<byte> slab, Span<Datagram> batch, ref SendTally tally)
    {
        foreach (ref readonly Datagram datagram in batch)
            SourceTable.Translate(to.Sources, datagram.Kind, datagram.In(slab));
        _sender.Send(handle, batch, counters, ref tally);
        foreach (ref readonly Datagram datagram in batch)
            SourceTable.Translate(to.Sources, datagram.Kind, datagram.In(slab));
    }

    private Span<Datagram> Inspect(MediaPort from, SourceTable sources, Span<byte> slab, Span<Datagram> batch)
    {
        long refused = sources.Refused;
        int kept = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            Datagram datagram = batch[i];
            if (datagram.Length == 0)
                continue;
            datagram.Kind = sources.Inspect(from.Sources, datagram.In(slab));
            batch[kept++] = datagram;
        }

        counters.SourcesRefused += sources.Refused - refused;
        if (kept < batch.Length)
            Drop(from, DropReason.Empty, batch.Length - kept);
        return batch[..kept];
    }

    private void CountIn(MediaPort from, RoomService service, ReadOnlySpan<Datagram> batch)
    {
        long bytes = 0;
        foreach (ref readonly Datagram datagram in batch)
            bytes += datagram.Length;
        from.Counters.DatagramsIn += batch.Length;
        from.Counters.BytesIn += bytes;
        ref ServiceCounters total = ref counters.Services[service.CounterIndex];
        total.DatagramsIn += batch.Length;
        total.BytesIn += bytes;
    }

    private void Drop(MediaPort from, DropReason reason, int count)
    {
        from.Counters.Dropped += count;
        counters.Drop(reason, count);
    }
}
