namespace Conference.Media.Forwarding;

/// <summary>
/// The send step. Implementations are readonly structs used as a generic argument, so that the inner loop calls them directly; each is
/// one file, does the same as the plainest one, and differs in cost only.
/// </summary>
internal interface IBatchSender
{
    /// <summary>The largest batch there is.</summary>
    const int MostDatagrams = 256;

    /// <summary>Bytes at the end of a slab that are no receive buffer: the forwarder writes there what this server itself has to say.</summary>
    const int ScratchBytes = 2048;

    /// <summary>Sends every datagram of the batch to one receiver, in order, and waits for nothing. What cannot be sent is
    /// dropped and counted, by reason in <paramref name="counters"/> and in the tally.</summary>
    /// <param name="handle">The receiver's <see cref="MediaPort.Handle"/>.</param>
    void Send(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally);

    /// <summary>The same, for bytes that are as they were received: every call with the same batch, until the next is received, means the
    /// same bytes. Who hands batches to another thread may then copy them once for all receivers there. Bytes that were
    /// rewritten for one receiver go by <see cref="Send"/>.</summary>
    void SendShared(int handle, ReadOnlySpan<Datagram> batch, LoopCounters counters, ref SendTally tally);
}
