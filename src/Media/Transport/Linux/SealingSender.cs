using Conference.Media.Forwarding;

namespace Conference.Media.Transport.Linux;

/// <summary>The send step of a loop that has browsers among its receivers: what is for them is sealed first, and then goes the same way.</summary>
/// <param name="own">The step it goes by.</param>
/// <param name="start">Where the datagrams' offsets count from.</param>
/// <param name="sealer">Its thread's; null where there are no browsers.</param>
internal readonly struct SealingSender<TSender>(TSender own, nint start, WebSealer<TSender>? sealer) : IBatchSender
    where TSender : struct, IBatchSender
{
    private readonly TSender _own = own;

    public void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally)
    {
        if ((handle & WebPort.HandleBit) != 0)
            sealer!.Send(handle & ~WebPort.HandleBit, start, batch, counters, ref tally);
        else
            _own.Send(handle, batch, counters, ref tally);
    }

    public void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally) =>
        Send(handle, batch, counters, ref tally);
}
