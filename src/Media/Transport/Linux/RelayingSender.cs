using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The send step of a loop that may have to share a room with others: sends to its own ports itself, and puts what is for
/// theirs into their rings.</summary>
internal readonly struct RelayingSender<TSender>(TSender own, Outbox outbox) : IBatchSender
    where TSender : struct, IBatchSender
{
    private readonly TSender _own = own;

    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, shared: false, counters, ref tally);

    public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, shared: true, counters, ref tally);

    private void Send(int handle, ReadOnlySpan<Datagram> batch, bool shared, LoopCounters counters, ref SendTally tally)
    {
        if ((handle & Outbox.RelayBit) != 0)
        {
            outbox.Add(handle, batch, shared, counters, ref tally);
            return;
        }

        // The others can begin; routes name theirs first.
        if (outbox.HasOpen)
            outbox.Flush();
        _own.Send(handle, batch, counters, ref tally);
    }
}
